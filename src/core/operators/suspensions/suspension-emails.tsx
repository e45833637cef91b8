import { capitalized } from "../../../shared/format/capitalized";
import { type Credentials, countCredentials, kindsOf } from "../../../shared/format/credentials";
import type { KeyView } from "../../keys";
import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../../platform/mail";

interface News {
  /** Null: it was reinstated. */
  reason: string | null;
  /** The address for questions. */
  contact: string;
}

const footer = "This email is about your account’s access and can’t be turned off.";
const again = "Everything works as before. There’s nothing to do.";

export function accountSuspendedEmail({ reason, contact }: News): Email {
  if (reason === null) {
    return works("Your account was reinstated", "We ended the suspension of your AgathaAI account.");
  }
  return stopped("Your account was suspended", {
    lead: "We suspended your AgathaAI account. Your sessions, connected apps and the API keys you created no longer work.",
    reason,
    contact,
  });
}

export function organizationSuspendedEmail({
  reason,
  contact,
  organization,
}: News & { organization: string }): Email {
  if (reason === null) {
    return works(
      "Your organization was reinstated",
      `We ended the suspension of your organization “${organization}”.`,
    );
  }
  return stopped("Your organization was suspended", {
    lead: `We suspended your organization “${organization}”. Requests with its API keys and apps are refused, and its webhooks wait. Your members’ other organizations aren’t affected.`,
    reason,
    contact,
  });
}

export function keySuspendedEmail({
  reason,
  contact,
  key: { id, prefix, last_four, environment },
  organization,
}: News & {
  key: Pick<KeyView, "id" | "prefix" | "last_four" | "environment">;
  organization: string;
}): Email {
  const facts = [["Key", `${prefix}…${last_four} (${environment})`]] as const;
  const link = <Action label="View key" url={portalUrl(`/keys/${id}`)} />;
  if (reason === null) {
    return works(
      "An API key was reinstated",
      `We ended the suspension of an API key of your organization “${organization}”.`,
      <>
        <Facts rows={facts} />
        {link}
      </>,
    );
  }
  return stopped("An API key was suspended", {
    lead: `We suspended an API key of your organization “${organization}”. Requests with it are refused; your other keys work.`,
    reason,
    contact,
    facts,
    link,
  });
}

/** To the owners of an organization in which a suspended person created keys. Why is between us and that person. */
export function memberSuspendedEmail({
  organization,
  keys,
  suspended,
  contact,
}: {
  organization: string;
  keys: Credentials;
  suspended: boolean;
  contact: string;
}): Email {
  const [count, what] = [countCredentials(keys), kindsOf(keys)];
  const subject = capitalized(
    suspended ? `${what} of a suspended member stopped` : `${what} of a member work again`,
  );
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={
          suspended
            ? `We suspended the account of a member who created ${count} of your organization “${organization}”. Requests with them are refused.`
            : `We reinstated the account of a member who created ${count} of your organization “${organization}”. They work again.`
        }
        footer="You’re receiving this as an owner of the organization. It can’t be turned off."
      >
        {suspended && (
          <Paragraph>
            {`Where your software needs one of them, create a new one. If you remove the member and keep their ${what}, those become yours and work again. Questions: ${contact}.`}
          </Paragraph>
        )}
        {keys.keys > 0 && <Action label="View keys" url={portalUrl("/keys")} />}
        {keys.serviceAccounts > 0 && (
          <Action label="View service accounts" url={portalUrl("/service-accounts")} />
        )}
      </EmailLayout>
    ),
  };
}

interface Stopped {
  lead: string;
  reason: string;
  contact: string;
  facts?: readonly (readonly [string, string])[];
  link?: React.ReactNode;
}

function stopped(subject: string, { lead, reason, contact, facts = [], link }: Stopped): Email {
  return {
    subject,
    body: (
      <EmailLayout title={subject} lead={lead} footer={footer}>
        <Facts rows={[...facts, ["Reason", reason]]} />
        <Paragraph>
          Nothing was deleted. If you think this is a mistake, or have fixed what caused it, email {contact}.
          We’ll review it.
        </Paragraph>
        {link}
      </EmailLayout>
    ),
  };
}

function works(subject: string, lead: string, more?: React.ReactNode): Email {
  return {
    subject,
    body: (
      <EmailLayout title={subject} lead={`${lead} ${again}`} footer={footer}>
        {more ?? <Action label="Go to AgathaAI" url={portalUrl("/overview")} />}
      </EmailLayout>
    ),
  };
}
