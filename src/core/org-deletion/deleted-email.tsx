import { formatDay } from "../../shared/time";
import { type Email, EmailLayout, Paragraph } from "../platform/mail";

export function organizationDeletedEmail({
  organization,
  erasedAt,
}: {
  organization: string;
  erasedAt: Date;
}): Email {
  const subject = "Your organization was deleted";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`The organization “${organization}” was deleted by one of its owners. Its keys are refused, its members have lost access, and its subscription has ended.`}
        footer="If this was a mistake, email support@agathaai.com before that day. You’re receiving this as an owner of the organization."
      >
        <Paragraph>
          {`We keep its data, encrypted, until ${formatDay(erasedAt)} (UTC). Then its key is destroyed, after which no one can read it.`}
        </Paragraph>
      </EmailLayout>
    ),
  };
}
