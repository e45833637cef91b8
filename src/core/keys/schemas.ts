import { z } from "zod";
import { CACHE_SECONDS, KEY_CAP_MICROS, REQUESTS_PER_MINUTE } from "../../shared/bounds";
import { permissions } from "../../shared/permissions";
import { publicId, type Scope, scopes } from "../platform";
import { type ListQuery, listFields, listSchema } from "../platform/list";
import { formatIpRange, parseIpRange } from "../platform/network/ip-range";
import { deletedSchema } from "../platform/schemas/deleted";
import { instantSchema } from "../platform/schemas/instant";
import { lineOfText } from "../platform/schemas/line-of-text";

/**
 * What a key may be given. Managing keys, members and payment stays with people: a leaked key can spend within its
 * limits, but can never mint or rotate another, invite anyone or touch the card.
 */
export const keyScopes: readonly Scope[] = scopes.filter((scope) => permissions[scope].programs);

/** What a key gets when nothing is said: enough for every inference call and its bookkeeping. */
export const defaultKeyScopes: readonly Scope[] = [
  "inference:write",
  "inference:read",
  "history:read",
  "history:write",
  "usage:read",
  "models:read",
];

/**
 * One entry of an allow-list in its one spelling. Classful, octal and hexadecimal IPv4 (`010.1`, `0x7f.1`) is refused:
 * readers disagree on what it means.
 */
export const ipRangeSchema = z
  .string()
  .max(64)
  .transform((text, context) => {
    const range = parseIpRange(text.trim());
    if (range !== undefined) return formatIpRange(range);
    context.issues.push({
      code: "custom",
      message: "must be an IPv4 or IPv6 address or a CIDR range, such as 203.0.113.7 or 2001:db8::/32",
      input: text,
    });
    return z.NEVER;
  });

const distinct = <T extends z.ZodType>(item: T, max: number) =>
  z
    .array(item)
    .max(max, `must have at most ${max} entries`)
    .transform((items) => [...new Set(items)]);

const rpmLimit = z.int().min(REQUESTS_PER_MINUTE.least).max(REQUESTS_PER_MINUTE.most);
const monthlyCap = z
  .int()
  .min(KEY_CAP_MICROS.least, "must be at least 10000: one cent")
  .max(KEY_CAP_MICROS.most)
  .meta({ example: 25_000_000 });
const cacheTtl = z.int().min(CACHE_SECONDS.least).max(CACHE_SECONDS.most);
const models = distinct(z.string().min(1).max(128), 100);
const ipAllowlist = distinct(ipRangeSchema, 50);

export const environmentSchema = z.enum(["live", "test"]);

export const createKeyInputSchema = z.strictObject({
  name: lineOfText({ max: 80 }),
  environment: environmentSchema,
  scopes: distinct(z.enum(scopes), scopes.length)
    .pipe(z.array(z.enum(scopes)).min(1, "must name at least one scope"))
    .optional()
    .meta({ description: `Defaults to ${defaultKeyScopes.join(", ")}.` }),
  models: models
    .optional()
    .meta({ description: "The models this key can use. Empty or omitted: every model." }),
  ip_allowlist: ipAllowlist.optional().meta({
    description:
      "IPv4 or IPv6 addresses or CIDR ranges that can use this key. Empty or omitted: any IP address.",
  }),
  rpm_limit: rpmLimit
    .optional()
    .meta({ description: "Requests per minute for this key, within the plan limit." }),
  monthly_cap_micros: monthlyCap.nullable().optional().meta({
    description:
      "The most this key can spend in a calendar month (UTC), in micro-dollars; at least one cent. A request that could exceed it is refused. Null or omitted: no cap of its own.",
  }),
  expires_at: instantSchema.optional(),
  cache_ttl_seconds: cacheTtl.nullable().optional().meta({
    description:
      "Turns the response cache on for this key's calls under /v1: how long their answers are used again, in seconds. A call's `x-agatha-cache` header decides otherwise. Null or omitted: off unless a call asks.",
  }),
});

const namedScopes = z.object({ scopes: z.array(z.string()) });

/** Whether an input, not yet checked, asks for a key that may do all that a key can. */
export function asksForEveryScope(input: unknown): boolean {
  const asked = namedScopes.safeParse(input);
  return asked.success && keyScopes.every((scope) => asked.data.scopes.includes(scope));
}

export const updateKeyInputSchema = z.strictObject({
  id: publicId("key"),
  name: lineOfText({ max: 80 }).optional(),
  models: models.nullable().optional().meta({ description: "Null or empty: every model." }),
  ip_allowlist: ipAllowlist.nullable().optional().meta({ description: "Null or empty: any IP address." }),
  rpm_limit: rpmLimit.nullable().optional().meta({ description: "Null: the plan limit alone." }),
  monthly_cap_micros: monthlyCap.nullable().optional().meta({ description: "Null: no cap of its own." }),
  expires_at: instantSchema.nullable().optional().meta({ description: "Null: never expires." }),
  cache_ttl_seconds: cacheTtl
    .nullable()
    .optional()
    .meta({ description: "Null: the response cache is off unless a call asks for it." }),
});

export const listKeysInputSchema = z.strictObject(listFields(20));

export const keyIdInputSchema = z.strictObject({ id: publicId("key") });

export const graceSchema = z.enum(["now", "1h", "24h", "7d"]);
export const rotateKeyInputSchema = z.strictObject({
  id: publicId("key"),
  grace: graceSchema.default("now").meta({ description: "How long the old secret keeps working." }),
});

/** What becomes of a member's keys that may do more than the role left to them (`settleKeysOfMember`). */
export const keyDispositionSchema = z.enum(["end", "narrow", "keep"]);

/** `rotating` still works until `grace_ends_at`; `rotated` no longer does. `suspended` works again once we reinstate it. */
export const keyStatusSchema = z.enum(["active", "rotating", "rotated", "expired", "suspended", "revoked"]);

export const keyViewSchema = z.object({
  id: z.string().meta({ example: "key_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  name: z.string(),
  environment: environmentSchema,
  status: keyStatusSchema,
  prefix: z.string().meta({ example: "agt_live_4fQz" }),
  last_four: z.string(),
  scopes: z.array(z.enum(scopes)),
  models: z.array(z.string()),
  ip_allowlist: z.array(z.string()),
  rpm_limit: z.int().nullable(),
  cache_ttl_seconds: z.int().nullable().meta({
    description:
      "How long the response cache keeps answers to its calls under /v1, in seconds; null where only a call turns it on.",
  }),
  monthly_cap_micros: z
    .int()
    .nullable()
    .meta({ description: "The most it can spend in a calendar month (UTC); null for no cap of its own." }),
  spent_this_month_micros: z.int().nonnegative().meta({
    description:
      "Spend of this key and the keys it replaced, in this calendar month (UTC), in micro-dollars.",
  }),
  created_by: z.string().nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  grace_ends_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  suspension_reason: z
    .string()
    .nullable()
    .meta({ description: "Why AgathaAI suspended it; null where it did not." }),
  predecessor_id: z.string().nullable(),
  successor_id: z.string().nullable(),
  service_account_id: z.string().nullable().meta({
    description: "The service account that is metered and limited by this key; null for an API key.",
  }),
});

/** The answer to create and rotate: the only time the secret is ever shown. */
export const createdKeyViewSchema = keyViewSchema.extend({
  secret: z.string().meta({ description: "Returned once. Save it now; it cannot be read again." }),
});

/** What a DELETE answers, and for this release the whole key as before. */
export const deletedKeyViewSchema = keyViewSchema.extend(deletedSchema("api_key").shape);

export const keyListViewSchema = listSchema(keyViewSchema);

export type CreateKeyInput = z.output<typeof createKeyInputSchema>;
export type ListKeysInput = ListQuery;
export type UpdateKeyInput = z.output<typeof updateKeyInputSchema>;
export type RotateKeyInput = z.output<typeof rotateKeyInputSchema>;
export type KeyDisposition = z.output<typeof keyDispositionSchema>;
export type KeyIdInput = z.output<typeof keyIdInputSchema>;
export type KeyStatus = z.output<typeof keyStatusSchema>;
export type DeletedKeyView = z.output<typeof deletedKeyViewSchema>;
export type KeyView = z.output<typeof keyViewSchema>;
export type CreatedKeyView = z.output<typeof createdKeyViewSchema>;
export type KeyListView = z.output<typeof keyListViewSchema>;
