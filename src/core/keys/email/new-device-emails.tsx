import { formatExactUtc } from "../../../shared/time";
import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../../platform/mail";
import type { KeyView } from "../schemas";

/** What the emails say of a key. */
type ShownKey = Pick<KeyView, "id" | "environment" | "prefix" | "last_four">;

interface Creation {
  device: string;
  at: Date;
}

const subject = "An API key was created from a new device or network";

/** To the person who created it. Only this one has the IP address: that is theirs to know. */
export function newDeviceEmail(key: ShownKey, { ip, ...creation }: Creation & { ip: string | null }): Email {
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Someone signed in to your AgathaAI account created an API key from a device or network you haven’t used before."
        footer="This email protects your account and can’t be turned off."
      >
        <Paragraph>
          If it was you, there’s nothing to do: we won’t email you about keys created there again. If it
          wasn’t you, revoke the key, then change your password; that signs out every other session.
        </Paragraph>
        <Facts rows={[...facts(key, creation), ...(ip === null ? [] : [["IP address", ip] as const])]} />
        <Action label="View key" url={portalUrl(`/keys/${key.id}`)} />
      </EmailLayout>
    ),
  };
}

export function newDeviceEmailToOwner(
  key: ShownKey,
  { organization, creator, ...creation }: Creation & { organization: string; creator: string },
): Email {
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`${creator} created an API key for your organization “${organization}” from a device or network they haven’t used before.`}
        footer="You’re receiving this as an owner of the organization. It protects your account and can’t be turned off."
      >
        <Paragraph>
          Ask them whether it was them; we emailed them too. If it wasn’t, revoke the key.
        </Paragraph>
        <Facts rows={facts(key, creation)} />
        <Action label="View key" url={portalUrl(`/keys/${key.id}`)} />
      </EmailLayout>
    ),
  };
}

/** Without the key's name, which a stranger may have typed. The shown part of the secret identifies the key as well. */
function facts({ environment, prefix, last_four }: ShownKey, { device, at }: Creation) {
  return [
    ["Key", `${prefix}…${last_four} (${environment})`],
    ["Created", formatExactUtc(at)],
    ["Device", device],
  ] as const;
}
