import { domainToASCII } from "node:url";
import { z } from "zod";
import { blindIndex, blindIndexes } from "../../platform/crypto/blind-index/blind-index";
import type { Bytes } from "../../platform/crypto/hash";

/**
 * The canonical spelling of an email address: NFKC, trimmed, lower case. Emails are sent to this spelling only, so two
 * spellings with the same canonical form cannot belong to two people.
 */
export function normalizeEmail(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase();
}

/** RFC 5321 §4.5.3.1: 254 octets is the longest address that can receive mail. */
const MAX_EMAIL = 254;

export const emailSchema = z
  .string()
  .max(1_024, "must be a valid email address")
  .transform(normalizeEmail)
  .pipe(z.email("must be a valid email address").max(MAX_EMAIL, "must be a valid email address"));

/** The blind index that is stored with an encrypted email address. To find one, look for any of `emailIndexes`. */
export function emailIndex(email: string): Bytes {
  return blindIndex("email", normalizeEmail(email));
}

/** What a stored index of the address may be, the current one first. */
export function emailIndexes(email: string): Bytes[] {
  return blindIndexes("email", normalizeEmail(email));
}

/** The domain of an email address: lower case, ASCII. */
export function domainOf(email: string): string {
  return domainToASCII(email.slice(email.lastIndexOf("@") + 1)).toLowerCase();
}
