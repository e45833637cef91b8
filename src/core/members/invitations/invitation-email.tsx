import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

interface Invitation {
  organization: string;
  inviter: string;
  role: string;
  token: string;
}

/**
 * The only email in which one customer's words reach a stranger's mailbox under our name: the organization's name is
 * quoted if it can't be taken for a link, and left out otherwise. The inviter is named by a verified address.
 */
export function invitationEmail({ organization, inviter, role, token }: Invitation): Email {
  const where = looksLikeALink(organization) ? "an organization" : `the organization “${organization}”`;
  const subject = "You are invited to an organization on AgathaAI";
  const link = { label: "View invitation", url: portalUrl("/invite", { token }) };
  return {
    subject,
    link,
    body: (
      <EmailLayout
        title={subject}
        lead={`${inviter} invites you to ${where} as ${/^[ao]/.test(role) ? "an" : "a"} ${role}.`}
        footer="If you don’t know who this is, ignore this email: nothing changes unless you accept."
      >
        <Paragraph>The link works once, for seven days, and only for this email address.</Paragraph>
        <Action {...link} />
      </EmailLayout>
    ),
  };
}

function looksLikeALink(text: string): boolean {
  return /[/\\@:]|\p{L}\.\p{L}/u.test(text);
}
