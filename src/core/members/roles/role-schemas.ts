import { z } from "zod";
import { orgRoleSchema } from "../../orgs";
import { publicId, scopes } from "../../platform";
import { listFields, listSchema } from "../../platform/list";
import { deletedSchema } from "../../platform/schemas/deleted";
import { lineOfText } from "../../platform/schemas/line-of-text";

/** The most roles of its own that an organization can have. */
export const MAX_CUSTOM_ROLES = 50;

const scopeSchema = z.enum(scopes);
const permissionsSchema = z
  .array(scopeSchema)
  .min(1, "must name at least one permission")
  .max(scopes.length)
  .transform((given) => scopes.filter((scope) => given.includes(scope)))
  .meta({ description: "What its members may do. You can give only what you may do yourself." });
const baseSchema = orgRoleSchema.exclude(["owner"]).meta({
  description:
    "The built-in role that stands for it where only built-in roles are known. Without the Enterprise plan, its members have what both allow. Only with `admin` can it have `members:write`.",
});
const nameSchema = lineOfText({ max: 60 }).meta({ example: "Support" });

/** A built-in role by its name, or one of the organization's own by its ID. */
export const anyRoleSchema = z.union([orgRoleSchema, publicId("rol")]).meta({
  description: "A built-in role by its name, or a custom role by its ID.",
});
export type AnyRole = z.output<typeof anyRoleSchema>;

export const listCustomRolesInputSchema = z.strictObject(listFields(MAX_CUSTOM_ROLES));
export const createCustomRoleInputSchema = z.strictObject({
  name: nameSchema,
  base: baseSchema,
  permissions: permissionsSchema,
});
export const updateCustomRoleInputSchema = z.strictObject({
  id: publicId("rol"),
  name: nameSchema.optional(),
  permissions: permissionsSchema.optional(),
});
export const deleteCustomRoleInputSchema = z.strictObject({
  id: publicId("rol"),
  replacement: anyRoleSchema.optional().meta({
    description: "The role that its members and invitations get; required where there are any.",
  }),
});

export const customRoleViewSchema = z.strictObject({
  id: z.string().meta({ example: "rol_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  name: z.string(),
  base: orgRoleSchema,
  permissions: z.array(scopeSchema),
  members: z.int().nonnegative().meta({ description: "How many members have it." }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export const customRoleListSchema = listSchema(customRoleViewSchema);
export const deletedCustomRoleSchema = deletedSchema("role");

export type CustomRoleView = z.output<typeof customRoleViewSchema>;
export type CreateCustomRoleInput = z.output<typeof createCustomRoleInputSchema>;
export type UpdateCustomRoleInput = z.output<typeof updateCustomRoleInputSchema>;
export type DeleteCustomRoleInput = z.output<typeof deleteCustomRoleInputSchema>;
