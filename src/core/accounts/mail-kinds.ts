import { z } from "zod";

/**
 * The mails a person may do without. All others have no kind and always arrive: what concerns the safety of an account,
 * invitations, and payments that failed.
 */
export const mailKinds = ["usage", "receipts", "product"] as const;

export type MailKind = (typeof mailKinds)[number];

export const mailKindSchema = z.enum(mailKinds);

/** A kind that no longer exists mutes nothing. */
export function knownMailKinds(stored: readonly string[]): MailKind[] {
  return mailKinds.filter((kind) => stored.includes(kind));
}
