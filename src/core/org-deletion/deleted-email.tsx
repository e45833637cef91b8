import { formatDay } from "../../shared/format/time";
import { Action, type Email, EmailLayout, Paragraph } from "../platform/mail";
import { erasureUrl } from "./erasure/erased-email";

export function organizationDeletedEmail({
  organization,
  erasedAt,
  now,
  receipt,
}: {
  organization: string;
  erasedAt: Date;
  /** Whether it was erased at once. */
  now: boolean;
  receipt: string;
}): Email {
  const subject = "Your organization was deleted";
  const link = { label: "View erasure", url: erasureUrl(receipt) };
  return {
    subject,
    link,
    body: (
      <EmailLayout
        title={subject}
        lead={`The organization “${organization}” was deleted by one of its owners. Its keys are refused, its members have lost access, and its subscription has ended.`}
        footer={
          now
            ? "If this was a mistake, email support@agathaai.com. You’re receiving this as an owner of the organization."
            : "If this was a mistake, email support@agathaai.com before that day. You’re receiving this as an owner of the organization."
        }
      >
        <Paragraph>
          {now
            ? "Its key was destroyed, so no one can read its data."
            : `We keep its data, encrypted, until ${formatDay(erasedAt)} (UTC). Then its key is destroyed, after which no one can read it.`}
        </Paragraph>
        <Action {...link} />
      </EmailLayout>
    ),
  };
}
