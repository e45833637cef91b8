import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

const settings = () => portalUrl("/settings#passkeys");

/** `first`: it is the account's first factor, so that other sessions were ended. */
export function passkeyAddedEmail({ first }: { first: boolean }): Email {
  const subject = "A passkey was added";
  const effect = first
    ? "Signing in with your password now takes a second factor, and your other sessions were signed out."
    : "From now on it signs you in.";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`A passkey was just added to your AgathaAI account. ${effect}`}
        footer="If it wasn’t you, remove it in Settings, change your password and email security@agathaai.com at once."
      >
        {first && (
          <Paragraph>
            Keep your recovery codes somewhere safe. Each stands in once for a lost passkey. API keys keep
            working.
          </Paragraph>
        )}
        <Action label="Open settings" url={settings()} />
      </EmailLayout>
    ),
  };
}

/** `last`: the account has no factor left. */
export function passkeyRemovedEmail({ last }: { last: boolean }): Email {
  const subject = "A passkey was removed";
  const effect = last
    ? "It was your last second factor: your password alone signs you in again, and your recovery codes no longer work."
    : "It no longer signs you in. Your other factors haven’t changed.";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`A passkey was just removed from your AgathaAI account. ${effect}`}
        footer="If it wasn’t you, reset your password at once and email security@agathaai.com."
      >
        <Action label="Open settings" url={settings()} />
      </EmailLayout>
    ),
  };
}
