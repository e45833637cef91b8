import { formatDay } from "../../../shared/format/time";
import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

interface ReadyExport {
  /** The public ID. */
  id: string;
  token: string;
  subject: "person" | "organization";
  expiresAt: Date;
}

/** To the person who requested it. The token is behind `#`, which browsers send to no server. */
export function exportReadyEmail({ id, token, subject: of, expiresAt }: ReadyExport): Email {
  const subject = "Your export is ready";
  const link = { label: "Download export", url: `${portalUrl(`/exports/${id}`)}#${token}` };
  return {
    subject,
    link,
    body: (
      <EmailLayout
        title={subject}
        lead={
          of === "person"
            ? "The file with everything we hold about you is ready."
            : "The file with everything we hold about your organization is ready."
        }
        footer="You’re receiving this because you requested it. If you didn’t, change your password and tell support@agathaai.com."
      >
        <Paragraph>
          {`The link works only while you are signed in as the person who requested it, until ${formatDay(expiresAt)} (UTC). Then the file is deleted.`}
        </Paragraph>
        <Action {...link} />
      </EmailLayout>
    ),
  };
}

/** To the person who requested it, after the last attempt. */
export function exportFailedEmail({ subject: of }: Pick<ReadyExport, "subject">): Email {
  const subject = "Your export failed";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`The file with everything we hold about ${of === "person" ? "you" : "your organization"} couldn’t be created. We’ve been notified.`}
        footer="You’re receiving this because you requested it."
      >
        <Paragraph>Request another. If it fails again, email support@agathaai.com.</Paragraph>
        <Action label="Open settings" url={portalUrl("/settings")} />
      </EmailLayout>
    ),
  };
}
