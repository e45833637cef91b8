import { formatMoney } from "../../../shared/format/money";
import { toPublicId } from "../../platform";
import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";
import { incidentLabels, isIncidentKind } from "./incidents";

/** The email to our team. It does not name the customer; only the console does. */
export function incidentEmail(incident: {
  kind: string;
  orgId: string;
  objectId: string;
  state: string;
  micros: bigint;
  planLostUntil: Date | null;
}): Email {
  const { kind, orgId, objectId, state, micros, planLostUntil } = incident;
  const subject = isIncidentKind(kind) ? incidentLabels[kind] : "A billing incident needs attention";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`${formatMoney(Number(micros))}, ${objectId} (${state.replaceAll("_", " ")}), of ${toPublicId("org", orgId)}.`}
        footer="You’re receiving this because billing incidents go to SALES_EMAIL."
      >
        <Paragraph>
          {planLostUntil === null
            ? "The customer’s plan stays as it is."
            : "The payment was returned, so the customer is on Free for the rest of the period it paid for."}
        </Paragraph>
        <Paragraph>
          Follow the runbook “Billing incident”. When it’s done, mark the incident as handled in the console.
        </Paragraph>
        <Action label="Open console" url={portalUrl("/admin/billing")} />
      </EmailLayout>
    ),
  };
}
