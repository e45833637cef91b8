import * as z from "zod/mini";

/** zod's small build: the API's own schemas would add 90 kB of script. What they refuse beyond this comes back at its field. */
export const emailSchema = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, "Enter an email."),
    z.regex(z.regexes.html5Email, "Enter a full email, such as ada@example.com."),
  );

/** A text without the blanks around it, which must not be empty. */
export const textSchema = (missing: string) => z.string().check(z.trim(), z.minLength(1, missing));

/** A password as it was typed. */
export const passwordSchema = (missing: string) => z.string().check(z.minLength(1, missing));
