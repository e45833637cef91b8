import { z } from "zod";
import { blindIndex } from "../../platform/crypto/blind-index";
import type { Bytes } from "../../platform/crypto/hash";

/**
 * The one spelling of an address: compatibility forms folded (NFKC), no outer space, lower case. Mail goes to this
 * spelling and nowhere else, so two spellings that fold together can never belong to two people.
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

/** By what an account is found: the address itself is stored encrypted. */
export function emailIndex(email: string): Bytes {
  return blindIndex(`email:${normalizeEmail(email)}`);
}
