import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

const settings = () => portalUrl("/settings#security");

export function secondFactorAddedEmail(): Email {
  const subject = "Two-factor sign-in was turned on";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="An authenticator app was just added to your AgathaAI account. Signing in now takes a code from it, and your other sessions were signed out."
        footer="If it wasn’t you, email security@agathaai.com at once: someone knows your password."
      >
        <Paragraph>
          Keep your recovery codes somewhere safe. Each signs you in once without the app. API keys keep
          working.
        </Paragraph>
        <Action label="Open settings" url={settings()} />
      </EmailLayout>
    ),
  };
}

/** `last`: the account has no passkey either. */
export function secondFactorRemovedEmail({ last }: { last: boolean }): Email {
  const subject = last ? "Two-factor sign-in was turned off" : "Your authenticator app was removed";
  const effect = last
    ? ", with all recovery codes. Your password alone signs you in again."
    : ". Your passkeys and recovery codes still work.";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`The authenticator app was just removed from your AgathaAI account${effect}`}
        footer="If it wasn’t you, reset your password at once and email security@agathaai.com."
      >
        <Action label="Open settings" url={settings()} />
      </EmailLayout>
    ),
  };
}

export function recoveryCodeUsedEmail(left: number): Email {
  const subject = "A recovery code was used";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`A recovery code was just used on your AgathaAI account instead of your authenticator app. ${leftText(left)}`}
        footer="If it wasn’t you, reset your password at once and email security@agathaai.com."
      >
        <Paragraph>If you no longer have the app, remove it and add it again on your new device.</Paragraph>
        <Action label="Open settings" url={settings()} />
      </EmailLayout>
    ),
  };
}

function leftText(left: number): string {
  if (left === 0) return "It was the last one: create new codes.";
  return left === 1 ? "One code is left: create new codes." : `${left} codes are left.`;
}
