import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

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
    body: (
      <EmailLayout
        title={subject}
        lead={`${giver} transferred the organization “${organization}” to you. You’re its owner now: you control its members, keys and billing.`}
        footer="If you don’t want it, make another member the owner on the team page."
      >
        <Paragraph>{giver} stays a member, as an admin.</Paragraph>
        <Action label="Open team" url={portalUrl("/team")} />
      </EmailLayout>
    ),
  };
}

export function ownershipGivenEmail({
  organization,
  successor,
}: {
  organization: string;
  successor: string;
}): Email {
  const subject = "You transferred an organization";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`${successor} now owns the organization “${organization}”. You stay a member, as an admin.`}
        footer="If it wasn’t you, change your password at once and email security@agathaai.com."
      >
        <Paragraph>Only the new owner can undo this.</Paragraph>
        <Action label="Open team" url={portalUrl("/team")} />
      </EmailLayout>
    ),
  };
}
