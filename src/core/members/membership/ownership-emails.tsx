import { env } from "../../platform/env";
import { renderEmail } from "../../platform/mail/email-layout";
import type { Email } from "../../platform/mail/send-email";

const action = () => ({ label: "Open the team", url: new URL("/team", env().APP_URL).href });

export function ownershipReceivedEmail({
  organization,
  giver,
}: {
  organization: string;
  giver: string;
}): Email {
  const subject = "You now own an organization on AgathaAI";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `${giver} handed the organization “${organization}” over to you. You are its owner now: its members, its keys and its bill are yours to decide on.`,
        `${giver} stays a member, as an admin.`,
      ],
      action: action(),
      footer: "If you do not want it, make another member the owner on the team page.",
    }),
  };
}

export function ownershipGivenEmail({ organization, heir }: { organization: string; heir: string }): Email {
  const subject = "You handed an organization over";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `${heir} now owns the organization “${organization}”. You stay a member, as an admin.`,
        "Only its new owner can undo this.",
      ],
      action: action(),
      footer: "If it was not you, change your password at once and write to security@agathaai.com.",
    }),
  };
}
