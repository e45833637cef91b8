import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

// None of these emails names an address or a person: the new address may be somebody else's.

/** To the new address. */
export function confirmEmailChangeEmail(token: string): Email {
  const subject = "Confirm your new email";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Someone, probably you, asked to use this address for their AgathaAI account."
        footer="If it wasn’t you, ignore this email. Nothing changes."
      >
        <Paragraph>
          Confirming signs you out everywhere except where you asked for it. The link works once, for 24
          hours.
        </Paragraph>
        <Action label="Confirm email" url={portalUrl("/confirm-email", { token })} />
      </EmailLayout>
    ),
  };
}

/** To the present address, when a change is asked for. */
export function emailChangeRequestedEmail(): Email {
  const subject = "A change of your email was requested";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Someone signed in to your AgathaAI account asked to change its email. We sent a link to the new address; until it is used, nothing changes."
        footer="If it wasn’t you, reset your password at once: that ends every session. Then email security@agathaai.com."
      >
        <Action label="Reset password" url={portalUrl("/forgot-password")} />
      </EmailLayout>
    ),
  };
}

/** To the old address, once it is no longer the account's. */
export function emailChangedEmail(undoToken: string): Email {
  const subject = "Your email was changed";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="This address is no longer the email of your AgathaAI account. If you changed it, there is nothing to do."
        footer="The link works once, for 7 days. After that, email security@agathaai.com."
      >
        <Paragraph>
          If it wasn’t you, undo it: this address comes back, your password is removed, and every session, API
          key and invitation of yours ends. You then choose a new password by a link to this address.
        </Paragraph>
        <Action label="Undo change" url={portalUrl("/undo-email", { token: undoToken })} />
      </EmailLayout>
    ),
  };
}

/** To the new address, once it is the account's. */
export function newEmailInUseEmail(): Email {
  const subject = "This is now your AgathaAI email";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Your AgathaAI account now uses this address: to sign in, for security notices and for payment receipts."
        footer="If it wasn’t you, email security@agathaai.com at once."
      >
        <Paragraph>Your earlier address can undo the change for 7 days.</Paragraph>
        <Action label="Open settings" url={portalUrl("/settings")} />
      </EmailLayout>
    ),
  };
}

/** To both addresses. */
export function emailChangeUndoneEmail(): Email {
  const subject = "A change of email was undone";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="The earlier email of your AgathaAI account is back. The password was removed, and every session, API key and invitation has ended."
        footer="If you didn’t do this, email security@agathaai.com."
      >
        <Paragraph>
          Choose a new password with a link to that address, then check your second factors.
        </Paragraph>
        <Action label="Choose password" url={portalUrl("/forgot-password")} />
      </EmailLayout>
    ),
  };
}
