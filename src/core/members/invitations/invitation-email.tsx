import { env } from "../../platform/env";
import { renderEmail } from "../../platform/mail/email-layout";

interface Invitation {
  organization: string;
  inviter: string;
  role: string;
  token: string;
}

/**
 * The only mail in which one customer's words reach a stranger's mailbox under our name: the organization's name is
 * quoted when it cannot be taken for a link, and left out otherwise. The inviter is named by a confirmed address.
 */
export function invitationEmail({ organization, inviter, role, token }: Invitation) {
  const place = looksLikeALink(organization) ? "an organization" : `the organization “${organization}”`;
  const url = new URL("/invite", env().APP_URL);
  url.searchParams.set("token", token);
  const subject = "You are invited to an organization on AgathaAI";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `${inviter} invites you to ${place} as ${/^[ao]/.test(role) ? "an" : "a"} ${role}.`,
        "The link works once, for seven days, for the address this mail went to.",
      ],
      action: { label: "See the invitation", url: url.href },
      footer: "If you do not know who this is, ignore this mail: nothing happens without you.",
    }),
  };
}

function looksLikeALink(text: string): boolean {
  return /[/\\@:]|\p{L}\.\p{L}/u.test(text);
}
