import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../../platform/mail";

export interface DisabledEndpoint {
  /** The public ID. */
  id: string;
  host: string;
  because: "gone" | "failing";
  lastError: string | null;
}

/** For owners and admins, whose programs receive no more events. */
export function endpointDisabledEmail({ id, host, because, lastError }: DisabledEndpoint): Email {
  const subject = "A webhook endpoint was disabled";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={
          because === "gone"
            ? "Your endpoint responded with 410 Gone, which asks us to stop. We stopped sending events to it."
            : "No event reached your endpoint for three days. We stopped sending events to it."
        }
        footer="You’re receiving this as an owner or admin of the organization."
      >
        <Facts
          rows={[
            ["Endpoint", host] as const,
            ...(lastError === null ? [] : [["Last error", lastError] as const]),
          ]}
        />
        <Paragraph>
          When it works again, enable it. Events that it missed are listed for seven days, and you can send
          each again.
        </Paragraph>
        <Action label="View endpoint" url={portalUrl(`/webhooks/${id}`)} />
      </EmailLayout>
    ),
  };
}
