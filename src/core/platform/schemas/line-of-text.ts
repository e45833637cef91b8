import { z } from "zod";

/**
 * One line of human text, trimmed: a name or a title. Control characters (NUL cannot be stored, a line break can
 * forge a mail header) and lone surrogates (not Unicode) are refused rather than altered silently.
 */
export function lineOfText({ min = 1, max }: { min?: number; max: number }) {
  return z
    .string()
    .trim()
    .min(min, min === 1 ? "must not be empty" : `must be at least ${min} characters`)
    .max(max, `must be at most ${max} characters`)
    .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), "must be one line without control characters")
    .refine((text) => text.isWellFormed(), "must be valid Unicode: it contains half of a surrogate pair");
}
