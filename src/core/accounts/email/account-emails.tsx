import { env } from "../../platform/env";
import { renderEmail } from "../../platform/mail/email-layout";
import type { Email } from "../../platform/mail/send-email";
import type { PasswordOutcome } from "../schemas";

// None of these emails carries a name: anyone can register someone else's address, and a name they choose must not
// reach that mailbox under ours.

/** Why earlier access ended. Both prove that the mailbox is theirs who act. */
export type ProofOccasion = "address proven" | "password reset";

export type EndedCounts = Record<"sessions" | "keys" | "invitations" | "grants", number>;

export function verificationEmail(token: string): Email {
  return email("Confirm your email address", {
    paragraphs: [
      "Verify this address to create live API keys. Until then your account works with test keys.",
      "Verifying ends what was created before: test keys, and sign-ins on other devices. The link works once, for 24 hours.",
    ],
    action: { label: "Verify email", url: page("/verify", token) },
    footer:
      "If you didn't sign up, ignore this email: nothing happens until you click the button on that page.",
  });
}

/** `ended`: what whoever had the account before loses. */
export function addressVerifiedEmail(ended: EndedCounts, password: PasswordOutcome): Email {
  return email("Your email is verified", {
    paragraphs: [
      `The email address of your AgathaAI account was just verified. ${whatEnded(ended)}`,
      passwordLines[password],
    ],
    action: { label: "Open AgathaAI", url: page("/overview") },
    footer:
      "If you didn't do this, someone else used a link from your mailbox: reset your password, then email security@agathaai.com.",
  });
}

const passwordLines: Record<PasswordOutcome, string> = {
  kept: "Your password stays as it is.",
  changed: "Your password is now the one entered while verifying.",
  removed:
    "The password that was set before was removed, because someone else may have chosen it. Reset your password to set a new one.",
};

export function passwordResetEmail(token: string): Email {
  return email("Choose a new password", {
    paragraphs: [
      "Someone, probably you, asked to reset the password of your AgathaAI account.",
      "Choosing a new password signs you out everywhere and ends every API key and invitation you created. The link works once, for one hour.",
    ],
    action: { label: "Choose password", url: page("/reset-password", token) },
    footer: "If it wasn't you, ignore this email: nothing changes.",
  });
}

export function passwordResetDoneEmail(ended: EndedCounts): Email {
  return email("Your password was changed", {
    paragraphs: [
      `The password of your AgathaAI account was just reset with a link from your mailbox. ${whatEnded(ended)}`,
      "Create new keys for the programs that used the old ones.",
    ],
    action: { label: "Sign in", url: page("/sign-in") },
    footer: "If it wasn't you, reset your password at once and email security@agathaai.com.",
  });
}

/** To the owners of an organization in which the person had made keys. */
export function keysOfMemberEndedEmail(keys: number, because: ProofOccasion): Email {
  const reason =
    because === "password reset" ? "reset their password" : "verified their email for the first time";
  return email("API keys of a member ended", {
    paragraphs: [
      `A member of your organization ${reason}. For safety, that ended ${counted(keys, "API key")} they had created there.`,
      "Programs that use one of them are refused. Create a new key for each that you still need.",
    ],
    action: { label: "View keys", url: page("/keys") },
    footer: "You're receiving this as an owner of the organization.",
  });
}

export function passwordChangedEmail(): Email {
  return email("Your password was changed", {
    paragraphs: [
      "The password of your AgathaAI account was just changed, and your other sessions were signed out.",
      "API keys keep working. Revoke any that you do not recognize.",
    ],
    action: { label: "Sign in", url: page("/sign-in") },
    footer: "If it was not you, reset your password at once and write to security@agathaai.com.",
  });
}

/** `ended`: where the sign-in was the first proof of the address. */
export function providerLinkedEmail(provider: string, ended?: EndedCounts): Email {
  return email(`${provider} sign-in was added to your account`, {
    paragraphs: [
      `Someone signed in to your AgathaAI account with a ${provider} account of the same verified email. From now on ${provider} opens it.`,
      ...(ended === undefined
        ? []
        : [`That verified your email for the first time. ${whatEnded(ended)}`, passwordLines.removed]),
    ],
    action: { label: "Open AgathaAI", url: page("/overview") },
    footer: "If it wasn't you, email security@agathaai.com at once.",
  });
}

function whatEnded({ sessions, keys, invitations }: EndedCounts): string {
  return `What was created before has ended: ${counted(sessions, "sign-in")}, ${counted(keys, "API key")}, ${counted(invitations, "pending invitation")}, and every authorization of another application.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

interface Content {
  paragraphs: readonly string[];
  action: { label: string; url: string };
  footer: string;
}

function email(subject: string, content: Content): Email {
  return { subject, ...renderEmail({ title: subject, ...content }) };
}

function page(path: string, token?: string): string {
  const url = new URL(path, env().APP_URL);
  if (token !== undefined) url.searchParams.set("token", token);
  return url.href;
}
