import { env } from "../platform/env";
import { renderMail } from "../platform/mail-layout";

/**
 * None of these mails carries a name: anyone can register somebody else's address, and what they choose as a name must
 * not reach that mailbox under ours.
 */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

export function verificationLetter(token: string): Letter {
  return letter("Confirm your e-mail address", {
    paragraphs: [
      "Confirm this address to make live API keys. Until then your account works with test keys.",
      "The link works once, for 24 hours.",
    ],
    action: { label: "Confirm address", url: page("/verify", token) },
    footer: "If you did not sign up, ignore this mail: without the confirmation nothing happens.",
  });
}

export function passwordResetLetter(token: string): Letter {
  return letter("Choose a new password", {
    paragraphs: [
      "Someone, probably you, asked to reset the password of your AgathaAI account.",
      "The link works once, for one hour. Choosing a new password signs you out everywhere; API keys keep working.",
    ],
    action: { label: "Choose a new password", url: page("/reset-password", token) },
    footer: "If it was not you, ignore this mail: your password stays as it is.",
  });
}

export function passwordChangedLetter(): Letter {
  return letter("Your password was changed", {
    paragraphs: [
      "The password of your AgathaAI account was just changed, and your other sessions were signed out.",
      "API keys keep working. Revoke any that you do not recognize.",
    ],
    action: { label: "Sign in", url: page("/sign-in") },
    footer: "If it was not you, reset your password at once and write to security@agathaai.com.",
  });
}

export function providerLinkedLetter(provider: string): Letter {
  return letter(`${provider} can now sign you in`, {
    paragraphs: [
      `Someone signed in to your AgathaAI account with a ${provider} account of the same confirmed e-mail address. From now on ${provider} opens it.`,
    ],
    action: { label: "Open AgathaAI", url: page("/overview") },
    footer: "If it was not you, write to security@agathaai.com at once.",
  });
}

interface Content {
  paragraphs: readonly string[];
  action: { label: string; url: string };
  footer: string;
}

function letter(subject: string, content: Content): Letter {
  return { subject, ...renderMail({ title: subject, ...content }) };
}

function page(path: string, token?: string): string {
  const url = new URL(path, env().APP_URL);
  if (token !== undefined) url.searchParams.set("token", token);
  return url.href;
}
