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

/** A check of a whole form by a function that returns errors by field. */
export const problemsCheck =
  <Draft extends object>(find: (draft: Draft) => Partial<Record<keyof Draft, string>>) =>
  ({ value, issues }: z.core.ParsePayload<Draft>) => {
    for (const [field, message] of Object.entries(find(value)))
      issues.push({ code: "custom", path: [field], message: String(message), input: value });
  };
