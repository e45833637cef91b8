import { formatMoney } from "../../../shared/money";
import type { Letter } from "../../accounts";
import { env } from "../../platform/env";
import { toPublicId } from "../../platform/ids";
import { renderMail } from "../../platform/mail/mail-layout";
import { incidentWords, isIncidentKind } from "./incidents";

/** To our people. Whom it is about is in the console alone. */
export function incidentLetter(incident: {
  kind: string;
  orgId: string;
  objectId: string;
  state: string;
  micros: bigint;
  planLostUntil: Date | null;
}): Letter {
  const { kind, orgId, objectId, state, micros, planLostUntil } = incident;
  const subject = isIncidentKind(kind) ? incidentWords[kind] : "Something at Stripe needs a person";
  return {
    subject,
    ...renderMail({
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
