import { formatDay } from "../../shared/time";
import { renderEmail } from "../platform/mail/email-layout";
import type { Email } from "../platform/mail/send-email";

export function organizationDeletedEmail({
  organization,
  erasedAt,
}: {
  organization: string;
  erasedAt: Date;
}): Email {
  const subject = "An organization of yours was deleted";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `The organization “${organization}” was deleted by one of its owners. Its keys are refused, its members have no access any more, and its subscription has ended.`,
        `Until ${formatDay(erasedAt)} (UTC) its data is kept, encrypted. Then its key is destroyed, and nobody can read it again.`,
      ],
      footer:
        "If this was a mistake, write to support@agathaai.com before that day. You get this mail because you owned the organization.",
    }),
  };
}
