import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../platform/mail";

export interface FailingStream {
  organization: string;
  host: string;
  lastError: string | null;
}

/** For owners and admins, whose receiver gets nothing. */
export function streamFailingEmail({ organization, host, lastError }: FailingStream): Email {
  const subject = "Your audit stream keeps failing";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`We haven’t been able to deliver the audit log of ${organization} to your receiver for an hour.`}
        footer="You’re receiving this as an owner or admin of the organization."
      >
        <Facts
          rows={[
            ["Receiver", host] as const,
            ...(lastError === null ? [] : [["Last error", lastError] as const]),
          ]}
        />
        <Paragraph>
          Nothing is lost: entries wait, and we keep trying at least once an hour. When the receiver works
          again, the stream continues with the next entry. We won’t email you about this outage again.
        </Paragraph>
        <Action label="View audit stream" url={portalUrl("/audit/stream")} />
      </EmailLayout>
    ),
  };
}
