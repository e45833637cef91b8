import { capitalized } from "../../../shared/format/capitalized";
import { type Credentials, countCredentials, kindsOf } from "../../../shared/format/credentials";
import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";
import type { PasswordOutcome } from "../schemas";
import { EndedCredentials } from "./ended-credentials";

// None of these emails carries a name: anyone can register someone else's address, and a name they choose must not
// reach that mailbox under ours.

/** Why earlier access ended. Each proves that the person acting owns the mailbox. */
export type ProofOccasion = "address proven" | "password reset" | "email change undone";

export type EndedCounts = Record<"sessions" | "keys" | "service_accounts" | "invitations" | "grants", number>;

export function verificationEmail(token: string): Email {
  const subject = "Verify your email";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Verify this address to create live API keys. Until then your account works with test keys."
        footer="If you didn’t sign up, ignore this email. Nothing happens until you click the button on that page."
      >
        <Paragraph>
          Verifying ends what was created before: test keys, and sign-ins on other devices. The link works
          once, for 24 hours.
        </Paragraph>
        <Action label="Verify email" url={portalUrl("/verify", { token })} />
      </EmailLayout>
    ),
  };
}

/** To an address that somebody signed up with though it has an account, or as many as a mailbox may. */
export function alreadyRegisteredEmail(): Email {
  const subject = "You already have an account";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Someone, probably you, signed up for AgathaAI with this address. It has an account already, which hasn’t changed."
        footer="If you didn’t sign up, ignore this email. What was created can’t be verified, and nobody sees your account."
      >
        <Paragraph>
          Sign in with the password you chose earlier. If you don’t know it, choose a new one: that ends every
          session, API key and invitation you created. The sign-up itself only got test keys, separate from
          your account.
        </Paragraph>
        <Action label="Choose password" url={portalUrl("/forgot-password")} />
      </EmailLayout>
    ),
  };
}

/** `ended`: sessions, keys and invitations made before the proof, which end with it. */
export function addressVerifiedEmail(ended: EndedCounts, password: PasswordOutcome): Email {
  const subject = "Your email is verified";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`The email of your AgathaAI account was just verified. ${endedText(ended)}`}
        footer="If you didn’t do this, someone else used a link from your mailbox. Reset your password, then email security@agathaai.com."
      >
        <Paragraph>{passwordTexts[password]}</Paragraph>
        <Action label="Open AgathaAI" url={portalUrl("/overview")} />
      </EmailLayout>
    ),
  };
}

const passwordTexts: Record<PasswordOutcome, string> = {
  kept: "Your password hasn’t changed.",
  changed: "Your password is now the one entered while verifying.",
  removed:
    "The earlier password was removed, because someone else may have chosen it. Reset your password to set a new one.",
};

export function passwordResetEmail(token: string): Email {
  const subject = "Choose a new password";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Someone, probably you, asked to reset the password of your AgathaAI account."
        footer="If it wasn’t you, ignore this email. Nothing changes."
      >
        <Paragraph>
          Choosing a new password signs you out everywhere and ends every API key and invitation you created.
          The link works once, for one hour.
        </Paragraph>
        <Action label="Choose password" url={portalUrl("/reset-password", { token })} />
      </EmailLayout>
    ),
  };
}

export function passwordResetDoneEmail(ended: EndedCounts): Email {
  const subject = "Your password was changed";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`The password of your AgathaAI account was just reset with a link from your mailbox. ${endedText(ended)}`}
        footer="If it wasn’t you, reset your password at once and email security@agathaai.com."
      >
        <Paragraph>Create new keys for the programs that used the old ones.</Paragraph>
        <Action label="Sign in" url={portalUrl("/sign-in")} />
      </EmailLayout>
    ),
  };
}

const occasions: Record<ProofOccasion, string> = {
  "address proven": "verified their email for the first time",
  "password reset": "reset their password",
  "email change undone": "undid a change of their email",
};

/** To the owners of an organization in which the person had created keys. */
export function keysOfMemberEndedEmail(ended: Credentials, because: ProofOccasion): Email {
  const subject = capitalized(`${kindsOf(ended)} of a member ended`);
  const reason = occasions[because];
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`A member of your organization ${reason}. For safety, that ended ${countCredentials(ended)} they had created there.`}
        footer="You’re receiving this as an owner of the organization."
      >
        <EndedCredentials ended={ended} />
      </EmailLayout>
    ),
  };
}

export function passwordChangedEmail(): Email {
  const subject = "Your password was changed";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="The password of your AgathaAI account was just changed, and your other sessions were signed out."
        footer="If it wasn’t you, reset your password at once and email security@agathaai.com."
      >
        <Paragraph>API keys keep working. Revoke any that you don’t recognize.</Paragraph>
        <Action label="Sign in" url={portalUrl("/sign-in")} />
      </EmailLayout>
    ),
  };
}

/** `ended`: given where this sign-in was the first proof of the address. */
export function providerLinkedEmail(provider: string, ended?: EndedCounts): Email {
  const subject = `${provider} sign-in was added to your account`;
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`Someone signed in to your AgathaAI account with a ${provider} account of the same verified email. From now on you can sign in with ${provider}.`}
        footer="If it wasn’t you, email security@agathaai.com at once."
      >
        {ended !== undefined && (
          <>
            <Paragraph>That verified your email for the first time. {endedText(ended)}</Paragraph>
            <Paragraph>{passwordTexts.removed}</Paragraph>
          </>
        )}
        <Action label="Open AgathaAI" url={portalUrl("/overview")} />
      </EmailLayout>
    ),
  };
}

function endedText({ sessions, keys, service_accounts, invitations }: EndedCounts): string {
  const accounts = service_accounts > 0 ? `, ${counted(service_accounts, "service account")}` : "";
  return `What was created before has ended: ${counted(sessions, "sign-in")}, ${counted(keys, "API key")}${accounts}, ${counted(invitations, "pending invitation")}, and every authorization of another application.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
