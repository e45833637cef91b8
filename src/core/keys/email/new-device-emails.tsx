import { formatExactUtc } from "../../../shared/format/time";
import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../../platform/mail";
import type { KeyView } from "../schemas";
import { isServiceKey } from "../verify/service-key";

/** What the emails say of a key, or of a service account's client secret. */
export type ShownSecret = Pick<KeyView, "id" | "environment" | "prefix" | "last_four">;

interface Creation {
  device: string;
  at: Date;
}

interface Words {
  subject: string;
  what: string;
  quiet: string;
  end: string;
  fact: string;
  link: { label: string; url: string };
}

function wordsOf(secret: ShownSecret): Words {
  return isServiceKey(secret)
    ? {
        subject: "A service account’s secret was created from a new device or network",
        what: "a service account’s client secret",
        quiet: "secrets",
        end: "disable or delete the service account",
        fact: "Client secret",
        link: { label: "View service accounts", url: portalUrl("/service-accounts") },
      }
    : {
        subject: "An API key was created from a new device or network",
        what: "an API key",
        quiet: "keys",
        end: "revoke the key",
        fact: "Key",
        link: { label: "View key", url: portalUrl(`/keys/${secret.id}`) },
      };
}

/** To the person who created it. Only this one has the IP address: that is theirs to know. */
export function newDeviceEmail(
  secret: ShownSecret,
  { ip, ...creation }: Creation & { ip: string | null },
): Email {
  const { subject, what, quiet, end, link } = wordsOf(secret);
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`Someone signed in to your AgathaAI account created ${what} from a device or network you haven’t used before.`}
        footer="This email protects your account and can’t be turned off."
      >
        <Paragraph>
          {`If it was you, there’s nothing to do: we won’t email you about ${quiet} created there again. If it wasn’t you, ${end}, then change your password; that signs out every other session.`}
        </Paragraph>
        <Facts rows={[...facts(secret, creation), ...(ip === null ? [] : [["IP address", ip] as const])]} />
        <Action {...link} />
      </EmailLayout>
    ),
  };
}

export function newDeviceEmailToOwner(
  secret: ShownSecret,
  { organization, creator, ...creation }: Creation & { organization: string; creator: string },
): Email {
  const { subject, what, end, link } = wordsOf(secret);
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`${creator} created ${what} for your organization “${organization}” from a device or network they haven’t used before.`}
        footer="You’re receiving this as an owner of the organization. It protects your account and can’t be turned off."
      >
        <Paragraph>{`Ask them whether it was them; we emailed them too. If it wasn’t, ${end}.`}</Paragraph>
        <Facts rows={facts(secret, creation)} />
        <Action {...link} />
      </EmailLayout>
    ),
  };
}

/** Without its name, which a stranger may have typed. The shown part of the secret identifies it as well. */
function facts(secret: ShownSecret, { device, at }: Creation) {
  const { environment, prefix, last_four } = secret;
  return [
    [wordsOf(secret).fact, `${prefix}…${last_four} (${environment})`],
    ["Created", formatExactUtc(at)],
    ["Device", device],
  ] as const;
}
