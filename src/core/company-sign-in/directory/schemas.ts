import { z } from "zod";
import { anyRoleSchema } from "../../members";
import { orgRoleSchema } from "../../orgs";
import { publicId } from "../../platform";
import { listFields, listSchema } from "../../platform/list";
import { deletedSchema } from "../../platform/schemas/deleted";

/** Two, so that one can be replaced while the other works. */
export const MAX_DIRECTORY_TOKENS = 2;

const tokenSchema = z.object({
  id: z.string().meta({ example: "dtk_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  prefix: z.string().meta({ example: "agt_scim_4fQz" }),
  last_four: z.string(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable().meta({ description: "To the minute." }),
});

export const directoryViewSchema = z.object({
  scim_url: z.string().meta({ description: "The SCIM address to enter at your identity provider." }),
  tokens: z.array(tokenSchema),
  users: z.int().nonnegative().meta({ description: "How many people your directory has here." }),
  groups: z.int().nonnegative().meta({ description: "How many groups your directory has here." }),
  available: z.boolean().meta({ description: "Whether your plan has provisioning by SCIM." }),
});
export const createdDirectoryTokenSchema = tokenSchema.extend({
  secret: z.string().meta({ description: "Shown once." }),
});
export const directoryTokenIdInputSchema = z.strictObject({ id: publicId("dtk") });
export const deletedDirectoryTokenSchema = deletedSchema("directory_token");

export const directoryGroupViewSchema = z.object({
  id: z.string().meta({ example: "dgr_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  name: z.string(),
  members: z.int().nonnegative(),
  role: orgRoleSchema.nullable().meta({ description: "Null where the group stands for no role." }),
  custom_role: z.object({ id: z.string(), name: z.string() }).nullable(),
});
export const directoryGroupListSchema = listSchema(directoryGroupViewSchema);
export const listDirectoryGroupsInputSchema = z.strictObject(listFields(100));
export const setGroupRoleInputSchema = z.strictObject({
  id: publicId("dgr"),
  role: anyRoleSchema.nullable().meta({
    description:
      "The role of the group's members: any but owner. With null the group stands for no role; its members get the default role.",
  }),
});

export type DirectoryTokenView = z.output<typeof tokenSchema>;
export type CreatedDirectoryToken = z.output<typeof createdDirectoryTokenSchema>;
export type DirectoryView = z.output<typeof directoryViewSchema>;
export type DirectoryGroupView = z.output<typeof directoryGroupViewSchema>;
export type DirectoryGroupList = z.output<typeof directoryGroupListSchema>;
export type SetGroupRoleInput = z.output<typeof setGroupRoleInputSchema>;
