import {
  createDirectoryToken,
  createdDirectoryTokenSchema,
  deletedDirectoryTokenSchema,
  directoryGroupListSchema,
  directoryGroupViewSchema,
  directoryTokenIdInputSchema,
  directoryViewSchema,
  getDirectory,
  listDirectoryGroupsInputSchema,
  listGroupRoles,
  revokeDirectoryToken,
  setGroupRole,
  setGroupRoleInputSchema,
} from "@agathaai/core/company-sign-in";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Company sign-in";
const path = "/api/v1/organization/directory";
const nothing = z.strictObject({}).optional();

const token = {
  id: "dtk_01m844dwt2e7xshsqpzrgk79p6",
  prefix: "agt_scim_4fQz",
  last_four: "9aXk",
  created_at: "2026-12-03T09:00:00.000Z",
  last_used_at: null,
};

const group = {
  id: "dgr_01m844dwt2e7xshsqpzrgk79p6",
  name: "AgathaAI developers",
  members: 24,
  role: "developer",
  custom_role: null,
};

export const directoryRouter = router({
  get: userProcedure(unaudited("settings", { action: "data.members_read" }), "members:write")
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getDirectory",
        tag,
        summary: "Get provisioning",
        description:
          "Returns the SCIM address to enter at your identity provider, your organization's SCIM tokens without their secrets, and how many people and groups your directory has here. For owners and admins.",
        responses: {
          200: {
            name: "Directory",
            description: "The address, tokens and figures.",
            schema: directoryViewSchema,
            example: {
              scim_url: "https://agathaai.com/scim/v2",
              tokens: [token],
              users: 120,
              groups: 4,
              available: true,
            },
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(directoryViewSchema)
    .query(({ ctx }) => getDirectory(ctx.db, ctx.principal)),

  createToken: userProcedure(writes("directory.token_created"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "POST",
        path: `${path}/tokens`,
        operationId: "createDirectoryToken",
        tag,
        summary: "Create a SCIM token",
        description:
          "Creates the token that your identity provider presents when it calls us by SCIM, and shows it once. With it members are added and removed and their roles changed; it opens nothing else. To rotate it, create a second one, enter it at your provider, then revoke the first. Part of the Enterprise plan.",
        responses: {
          201: {
            name: "CreatedDirectoryToken",
            description: "The token with its secret.",
            schema: createdDirectoryTokenSchema,
            example: { ...token, secret: "agt_scim_<secret>" },
          },
        },
        errors: ["conflict", "plan_required"],
      },
    })
    .input(nothing)
    .output(createdDirectoryTokenSchema)
    .mutation(({ ctx }) => createDirectoryToken(ctx.db, { principal: ctx.principal })),

  revokeToken: userProcedure(writes("directory.token_revoked"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "DELETE",
        path: `${path}/tokens/{id}`,
        operationId: "revokeDirectoryToken",
        tag,
        summary: "Revoke a SCIM token",
        description: "Revokes the token at once. Members and roles stay as they are.",
        responses: {
          200: {
            name: "DeletedDirectoryToken",
            description: "The token is revoked.",
            schema: deletedDirectoryTokenSchema,
            example: { id: token.id, object: "directory_token", deleted: true },
          },
        },
        errors: [],
      },
    })
    .input(directoryTokenIdInputSchema)
    .output(deletedDirectoryTokenSchema)
    .mutation(({ ctx, input }) => revokeDirectoryToken(ctx.db, { principal: ctx.principal, id: input.id })),

  groups: userProcedure(unaudited("settings", { action: "data.members_read" }), "members:write")
    .meta({
      operation: {
        method: "GET",
        path: `${path}/groups`,
        operationId: "listDirectoryGroups",
        tag,
        summary: "List groups of your directory",
        description:
          "Lists the groups that your identity provider has sent, with the role that each stands for. For owners and admins.",
        responses: {
          200: {
            name: "DirectoryGroupList",
            description: "One page of groups.",
            schema: directoryGroupListSchema,
            example: { data: [group], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listDirectoryGroupsInputSchema)
    .output(directoryGroupListSchema)
    .query(({ ctx, input }) => listGroupRoles(ctx.db, { orgId: ctx.principal.orgId, input })),

  setGroupRole: userProcedure(writes("directory.group_role_set"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "PUT",
        path: `${path}/groups/{id}`,
        operationId: "setDirectoryGroupRole",
        tag,
        summary: "Set the role of a group",
        description:
          "Says which role a group of your directory stands for: any but owner, and none that may do more than yours. Its members get it at once; keys they made that may do more are narrowed. In several groups, the highest role counts: admin, developer, billing, viewer, and a custom role right after its base. Owners keep their role. Part of the Enterprise plan.",
        responses: {
          200: {
            name: "DirectoryGroup",
            description: "The group.",
            schema: directoryGroupViewSchema,
            example: group,
          },
        },
        requestExample: { role: "developer" },
        errors: ["plan_required"],
      },
    })
    .input(setGroupRoleInputSchema)
    .output(directoryGroupViewSchema)
    .mutation(({ ctx, input }) => setGroupRole(ctx.db, { principal: ctx.principal, input })),
});
