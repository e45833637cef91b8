import { formatMoney } from "../../../shared/money";
import { env } from "../../platform/env";
import { toPublicId } from "../../platform/ids";
import { renderEmail } from "../../platform/mail/email-layout";
import type { Email } from "../../platform/mail/send-email";
import { incidentLabels, isIncidentKind } from "./incidents";

/** To our people. Whom it is about is in the console alone. */
export function incidentEmail(incident: {
  kind: string;
  orgId: string;
  objectId: string;
  state: string;
  micros: bigint;
  planLostUntil: Date | null;
}): Email {
  const { kind, orgId, objectId, state, micros, planLostUntil } = incident;
  const subject = isIncidentKind(kind) ? incidentLabels[kind] : "Something at Stripe needs a person";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `${formatMoney(Number(micros))}, ${objectId} (${state.replaceAll("_", " ")}), of ${toPublicId("org", orgId)}.`,
        planLostUntil === null
          ? "The customer’s plan holds."
          : "The money is not with us, so the customer is on Free for the rest of the period it paid for.",
        "What to do is in the runbook “Billing incident”. Mark it as handled in the console when it is done.",
      ],
      action: { label: "Open the console", url: new URL("/admin/billing", env().APP_URL).href },
      footer: "You get this mail because billing incidents go to SALES_EMAIL.",
    }),
  };
}
