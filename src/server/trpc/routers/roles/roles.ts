import {
  createCustomRole,
  createCustomRoleInputSchema,
  customRoleListSchema,
  customRoleViewSchema,
  deleteCustomRole,
  deleteCustomRoleInputSchema,
  deletedCustomRoleSchema,
  listCustomRoles,
  listCustomRolesInputSchema,
  updateCustomRole,
  updateCustomRoleInputSchema,
} from "@agathaai/core/members";
import { customRoleExample as role } from "../../examples/role-example";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Roles";

/** An organization's own roles. Members get them on the team page, as they get the built-in ones. */
export const rolesRouter = router({
  list: userProcedure(unaudited("settings", { action: "data.members_read" }), "members:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/roles",
        operationId: "listRoles",
        tag,
        summary: "List custom roles",
        description: "Lists your organization's own roles, newest first, with what their members may do.",
        responses: {
          200: {
            name: "RoleList",
            description: "One page of roles.",
            schema: customRoleListSchema,
            example: { data: [role], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listCustomRolesInputSchema)
    .output(customRoleListSchema)
    .query(({ ctx, input }) => listCustomRoles(ctx.db, { orgId: ctx.principal.orgId, input })),

  create: userProcedure(writes("role.created"), "members:write")
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/roles",
        operationId: "createRole",
        tag,
        summary: "Create a custom role",
        description:
          "Makes a role from permissions that you have yourself. Part of the Enterprise plan; an organization can have 50.",
        responses: {
          201: { name: "Role", description: "The role.", schema: customRoleViewSchema, example: role },
        },
        requestExample: { name: role.name, base: role.base, permissions: [...role.permissions] },
        errors: ["plan_required", "conflict"],
      },
    })
    .input(createCustomRoleInputSchema)
    .output(customRoleViewSchema)
    .mutation(({ ctx, input }) => createCustomRole(ctx.db, { principal: ctx.principal, input })),

  update: userProcedure(writes("role.updated", "key.narrowed", "key.revoked"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/roles/{id}",
        operationId: "updateRole",
        tag,
        summary: "Change a custom role",
        description:
          "Changes its name or permissions, for its members everywhere within five seconds. Keys that its members created are narrowed to what it allows. Its base never changes.",
        responses: {
          200: {
            name: "Role",
            description: "The changed role.",
            schema: customRoleViewSchema,
            example: role,
          },
        },
        requestExample: { permissions: [...role.permissions] },
        errors: ["plan_required", "conflict"],
      },
    })
    .input(updateCustomRoleInputSchema)
    .output(customRoleViewSchema)
    .mutation(({ ctx, input }) => updateCustomRole(ctx.db, { principal: ctx.principal, input })),

  delete: userProcedure(
    writes("role.deleted", "key.narrowed", "key.revoked", "member.invitation_revoked"),
    "members:write",
  )
    .meta({
      operation: {
        method: "DELETE",
        path: "/api/v1/roles/{id}",
        operationId: "deleteRole",
        tag,
        summary: "Delete a custom role",
        description:
          "Members and open invitations that have it get `replacement`, a built-in role's name or another role's ID; without one, a role in use is not deleted.",
        responses: {
          200: {
            name: "DeletedRole",
            description: "It is gone.",
            schema: deletedCustomRoleSchema,
            example: { id: role.id, object: "role", deleted: true },
          },
        },
        errors: ["plan_required", "conflict"],
      },
    })
    .input(deleteCustomRoleInputSchema)
    .output(deletedCustomRoleSchema)
    .mutation(({ ctx, input }) => deleteCustomRole(ctx.db, { principal: ctx.principal, input })),
});
