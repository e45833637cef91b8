import { z } from "zod";
import { env } from "../../platform/env";

/**
 * The mails a person may do without. All others have no kind and always arrive: what concerns the safety of an account,
 * invitations, and payments that failed.
 */
export const emailKinds = ["usage", "receipts", "product"] as const;

export type EmailKind = (typeof emailKinds)[number];

export const emailKindSchema = z.enum(emailKinds);

/** Where a person chooses; every mail with a kind says so. */
export function emailPreferencesUrl(): string {
  return new URL("/settings#notifications", env().APP_URL).href;
}

/** A kind that no longer exists mutes nothing. */
export function knownEmailKinds(stored: readonly string[]): EmailKind[] {
  return emailKinds.filter((kind) => stored.includes(kind));
}
