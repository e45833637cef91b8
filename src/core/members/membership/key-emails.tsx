import type { SettledKeys } from "../../keys";
import { env } from "../../platform/env";
import { renderEmail } from "../../platform/mail/email-layout";
import type { Email } from "../../platform/mail/send-email";
import type { OrgRole } from "../../platform/principal";

type Outcome = Pick<SettledKeys, "ended" | "narrowed" | "kept">;

const count = (keys: number) => (keys === 1 ? "One key" : `${keys} keys`);

/** To whoever made the keys that a decision about their role has changed; null when it changed none. */
export function keysSettledEmail({
  organization,
  role,
  keys: { ended, narrowed, kept },
}: {
  organization: string;
  /** The role that is left; null for none. */
  role: OrgRole | null;
  keys: Outcome;
}): Email | null {
  if (ended + narrowed + kept === 0) return null;
  const subject = "API keys you made have changed";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        role === null
          ? `You are no longer a member of the organization “${organization}”. This is what became of the API keys you made there.`
          : `Your role in the organization “${organization}” is now ${role}. This is what became of the API keys you made there that could do more.`,
        ...(ended > 0 ? [`${count(ended)} ended: programs that still use one are refused.`] : []),
        ...(narrowed > 0 ? [`${count(narrowed)} can do only what your role can do from now on.`] : []),
        ...(kept > 0 ? [`${count(kept)} went over to the member who decided, unchanged.`] : []),
      ],
      footer: "An owner or admin of the organization decided this. Ask them if it surprises you.",
    }),
  };
}

/** To the owners, who may have programs running on these keys. */
export function keysEndedByLeavingEmail({
  organization,
  member,
  ended,
}: {
  organization: string;
  member: string;
  ended: number;
}): Email {
  const subject = "API keys ended because a member left";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `${member} left your organization “${organization}”. ${count(ended)} that they made ended with their membership.`,
        "Programs that use one of them are refused. Make a new key for each that you still need.",
      ],
      action: { label: "See the keys", url: new URL("/keys", env().APP_URL).href },
      footer: "You get this mail because you own the organization.",
    }),
  };
}
