import { z } from "zod";
import { env } from "../../platform/env";

/**
 * The mails a person may do without. All others have no kind and always arrive: what concerns the safety of an account,
 * invitations, and payments that failed.
 */
export const mailKinds = ["usage", "receipts", "product"] as const;

export type MailKind = (typeof mailKinds)[number];

export const mailKindSchema = z.enum(mailKinds);

/** Where a person chooses; every mail with a kind says so. */
export function muteAddress(): string {
  return new URL("/settings#notifications", env().APP_URL).href;
}

/** A kind that no longer exists mutes nothing. */
export function knownMailKinds(stored: readonly string[]): MailKind[] {
  return mailKinds.filter((kind) => stored.includes(kind));
}
