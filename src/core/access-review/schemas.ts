import { z } from "zod";
import { orgRoleSchema } from "../orgs";
import { scopes } from "../platform";

const scopeSchema = z.enum(scopes);
const at = z.iso.datetime();

const personSchema = z.strictObject({
  kind: z.literal("member"),
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: orgRoleSchema.meta({ description: "Of a custom role, its base." }),
  custom_role: z.string().nullable(),
  permissions: z.array(scopeSchema),
  second_factor: z.boolean().meta({ description: "Has an authenticator app or a passkey." }),
  suspended: z.boolean(),
  since: at,
  last_used_at: at.nullable().meta({ description: "When one of their sessions was last active." }),
});
const keySchema = z.strictObject({
  kind: z.literal("api_key"),
  id: z.string(),
  name: z.string(),
  environment: z.enum(["live", "test"]),
  permissions: z.array(scopeSchema),
  created_by: z.string().nullable().meta({ description: "Email of the member who answers for it." }),
  suspended: z.boolean(),
  expires_at: at.nullable(),
  since: at,
  last_used_at: at.nullable(),
});
const serviceAccountSchema = keySchema.omit({ expires_at: true }).extend({
  kind: z.literal("service_account"),
  disabled: z.boolean(),
});
const appSchema = z.strictObject({
  kind: z.literal("app"),
  id: z.string(),
  name: z.string(),
  permissions: z.array(z.string()),
  created_by: z.string().nullable().meta({ description: "Email of the person it acts for." }),
  expires_at: at,
  since: at,
  last_used_at: at.nullable(),
});

export const accessReviewSchema = z.strictObject({
  object: z.literal("access_review"),
  created_at: at,
  data: z
    .array(z.discriminatedUnion("kind", [personSchema, keySchema, serviceAccountSchema, appSchema]))
    .meta({ description: "Everyone and everything that can act in the organization at this moment." }),
});
export type AccessReview = z.output<typeof accessReviewSchema>;

export const accessReviewFileSchema = z.strictObject({
  filename: z.string(),
  /** CSV (RFC 4180) with a header line. */
  pieces: z.custom<AsyncIterable<string>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
  ),
});
