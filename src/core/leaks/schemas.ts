import { z } from "zod";

/** Access tokens are the longest of our credentials. */
const MAX_SECRET = 4_096;

/** What a finder of credentials sends: the secrets are the proof. */
export const leakReportInputSchema = z.strictObject({
  keys: z
    .array(z.string().min(1).max(MAX_SECRET))
    .max(100)
    .transform((secrets) => [...new Set(secrets)])
    .pipe(z.array(z.string()).min(1, "must name at least one key"))
    .meta({
      description:
        "Whole secrets: API keys, SCIM tokens, client secrets of apps and service accounts, refresh and access tokens.",
    }),
  found_at: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .max(2_048)
    .optional()
    .meta({ description: "Where they were found. The organization’s audit log keeps its host." }),
});

/** What of ours a finder can hold. */
export const leakKindSchema = z.enum([
  "api_key",
  "scim_token",
  "app_secret",
  "service_account_secret",
  "refresh_token",
  "access_token",
]);

const leakedSecretViewSchema = z.object({
  kind: leakKindSchema
    .nullable()
    .meta({ description: "What it is by its form; null for what is none of ours." }),
  prefix: z.string().nullable(),
  last_four: z.string().nullable(),
  status: z.enum(["revoked", "not_active", "not_a_key", "other_region"]).meta({
    description:
      "`revoked`: it worked until now. `not_active`: none of ours, or one that had ended before. `not_a_key`: its form or checksum is wrong. `other_region`: it belongs to another region; report it to that region's host.",
  }),
});

export const leakReportViewSchema = z.object({
  object: z.literal("leak_report"),
  data: z
    .array(leakedSecretViewSchema)
    .meta({ description: "One for each distinct secret, in their order." }),
});

export type LeakKind = z.output<typeof leakKindSchema>;
export type LeakReportInput = z.output<typeof leakReportInputSchema>;
export type LeakReportView = z.output<typeof leakReportViewSchema>;
