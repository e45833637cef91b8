import { z } from "zod";
import { createKeyInputSchema, environmentSchema, graceSchema } from "../keys";
import { publicId, scopes } from "../platform";
import { listFields, listSchema } from "../platform/list";
import { deletedSchema } from "../platform/schemas/deleted";
import { lineOfText } from "../platform/schemas/line-of-text";

/** The most that one organization can have. */
export const MAX_SERVICE_ACCOUNTS = 50;

const {
  name,
  environment,
  scopes: scopeList,
  models,
  ip_allowlist,
  rpm_limit,
  monthly_cap_micros,
} = createKeyInputSchema.shape;

export const createServiceAccountInputSchema = z.strictObject({
  name,
  environment,
  scopes: scopeList,
  models: models.meta({ description: "The models it may use. Empty or omitted: every model." }),
  ip_allowlist: ip_allowlist.meta({
    description: "IPv4 or IPv6 addresses or CIDR ranges that may use its tokens. Empty or omitted: any.",
  }),
  rpm_limit: rpm_limit.meta({ description: "Requests per minute of its own, within the plan limit." }),
  monthly_cap_micros: monthly_cap_micros.meta({
    description:
      "The most it can spend in a calendar month (UTC), in micro-dollars; at least one cent. Null or omitted: no cap of its own.",
  }),
});

export const updateServiceAccountInputSchema = z.strictObject({
  id: publicId("sva"),
  name: lineOfText({ max: 80 }).optional(),
  disabled: z.boolean().optional().meta({
    description: "True: it gets no tokens, and those it has stop working within five seconds.",
  }),
});

export const rotateServiceAccountSecretInputSchema = z.strictObject({
  id: publicId("sva"),
  grace: graceSchema.default("24h").meta({
    description:
      "How long the previous secret keeps working. `now` ends it at once, and every token that the account has.",
  }),
});

export const serviceAccountIdInputSchema = z.strictObject({ id: publicId("sva") });
export const listServiceAccountsInputSchema = z.strictObject(listFields(20));

const at = z.iso.datetime();

export const serviceAccountViewSchema = z.object({
  id: z.string().meta({
    description: "Also its OAuth client ID.",
    example: "sva_01jd0q4g5te8tvhz3t1c7x9ncm",
  }),
  name: z.string(),
  environment: environmentSchema,
  status: z.enum(["active", "disabled", "expired", "suspended"]).meta({
    description: "`expired`: its key has an expiry that has passed. `suspended`: AgathaAI suspended it.",
  }),
  scopes: z.array(z.enum(scopes)),
  models: z.array(z.string()),
  ip_allowlist: z.array(z.string()),
  rpm_limit: z.int().nullable(),
  monthly_cap_micros: z.int().nullable(),
  spent_this_month_micros: z.int().nonnegative(),
  key_id: z.string().meta({
    description:
      "The key by which it is metered and limited, without a secret of its own: requests and usage name it, and `PATCH /api/v1/keys/{id}` changes its limits.",
  }),
  secret_prefix: z.string().meta({ example: "agt_svc_4fQz" }),
  secret_last_four: z.string(),
  previous_secret_until: at.nullable().meta({ description: "Until when the previous secret still works." }),
  created_by: z.string().nullable().meta({
    description: "The member who answers for it: who created it, or last rotated its secret.",
  }),
  created_at: at,
  expires_at: at.nullable(),
  last_used_at: at.nullable(),
  disabled_at: at.nullable(),
});

/** The answer to create and rotate: the only time the secret is ever shown. */
export const serviceAccountWithSecretSchema = serviceAccountViewSchema.extend({
  client_secret: z.string().meta({ description: "Returned once. Save it now; it cannot be read again." }),
});
export const serviceAccountListSchema = listSchema(serviceAccountViewSchema);
export const deletedServiceAccountSchema = deletedSchema("service_account");

export type CreateServiceAccountInput = z.output<typeof createServiceAccountInputSchema>;
export type UpdateServiceAccountInput = z.output<typeof updateServiceAccountInputSchema>;
export type RotateServiceAccountSecretInput = z.output<typeof rotateServiceAccountSecretInputSchema>;
export type ServiceAccountView = z.output<typeof serviceAccountViewSchema>;
export type ServiceAccountWithSecret = z.output<typeof serviceAccountWithSecretSchema>;
