import { capitalized } from "../../../shared/format/capitalized";
import {
  addCredentials,
  type Credentials,
  countCredentials,
  kindsOf,
  sumOf,
} from "../../../shared/format/credentials";
import { EndedCredentials } from "../../accounts";
import type { SettledKeys } from "../../keys";
import { type Email, EmailLayout, Paragraph } from "../../platform/mail";

type Settled = Pick<SettledKeys, "ended" | "narrowed" | "kept">;

/** To the person whose keys and service accounts a change of their role affected; null if it affected none. */
export function keysSettledEmail({
  organization,
  role,
  keys: { ended, narrowed, kept },
}: {
  organization: string;
  /** The name of the role that is left; null for none. */
  role: string | null;
  keys: Settled;
}): Email | null {
  const all = [narrowed, kept].reduce(addCredentials, ended);
  if (sumOf(all) === 0) return null;
  const what = kindsOf(all);
  const subject = capitalized(`${what} you created have changed`);
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={
          role === null
            ? `You’re no longer a member of the organization “${organization}”. This is what happened to the ${what} you created there.`
            : `Your role in the organization “${organization}” is now ${role}. This is what happened to the ${what} you created there that could do more.`
        }
        footer="An owner or admin of the organization decided this. Ask them if you have questions."
      >
        {sumOf(ended) > 0 && (
          <Paragraph>{`${countCredentials(ended)} ended: programs that still use one are refused.`}</Paragraph>
        )}
        {sumOf(narrowed) > 0 && (
          <Paragraph>{`${countCredentials(narrowed)} can now do only what your role allows.`}</Paragraph>
        )}
        {sumOf(kept) > 0 && (
          <Paragraph>{`${countCredentials(kept)} moved to the member who decided, unchanged.`}</Paragraph>
        )}
      </EmailLayout>
    ),
  };
}

/** To the owners, who may have programs running on them. */
export function keysEndedByLeavingEmail({
  organization,
  member,
  ended,
}: {
  organization: string;
  member: string;
  ended: Credentials;
}): Email {
  const subject = capitalized(`${kindsOf(ended)} ended because a member left`);
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`${member} left your organization “${organization}”. ${countCredentials(ended)} that they created ended with their membership.`}
        footer="You’re receiving this as an owner of the organization."
      >
        <EndedCredentials ended={ended} />
      </EmailLayout>
    ),
  };
}
