import type { SettledKeys } from "../../keys";
import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

type KeyCounts = Pick<SettledKeys, "ended" | "narrowed" | "kept">;

const count = (keys: number) => (keys === 1 ? "One key" : `${keys} keys`);

/** To the person whose keys a change of their role affected; null if it affected none. */
export function keysSettledEmail({
  organization,
  role,
  keys: { ended, narrowed, kept },
}: {
  organization: string;
  /** The name of the role that is left; null for none. */
  role: string | null;
  keys: KeyCounts;
}): Email | null {
  if (ended + narrowed + kept === 0) return null;
  const subject = "API keys you created have changed";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={
          role === null
            ? `You’re no longer a member of the organization “${organization}”. This is what happened to the API keys you created there.`
            : `Your role in the organization “${organization}” is now ${role}. This is what happened to the API keys you created there that could do more.`
        }
        footer="An owner or admin of the organization decided this. Ask them if you have questions."
      >
        {ended > 0 && (
          <Paragraph>{`${count(ended)} ended: programs that still use one are refused.`}</Paragraph>
        )}
        {narrowed > 0 && <Paragraph>{`${count(narrowed)} can now do only what your role allows.`}</Paragraph>}
        {kept > 0 && <Paragraph>{`${count(kept)} moved to the member who decided, unchanged.`}</Paragraph>}
      </EmailLayout>
    ),
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
    body: (
      <EmailLayout
        title={subject}
        lead={`${member} left your organization “${organization}”. ${count(ended)} that they created ended with their membership.`}
        footer="You’re receiving this as an owner of the organization."
      >
        <Paragraph>
          Programs that use one of them are refused. Create a new key for each that you still need.
        </Paragraph>
        <Action label="View keys" url={portalUrl("/keys")} />
      </EmailLayout>
    ),
  };
}
