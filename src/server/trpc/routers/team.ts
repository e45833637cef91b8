import {
  acceptInvitation,
  changeRole,
  changeRoleInputSchema,
  createOrganization,
  createOrganizationInputSchema,
  getInvitation,
  invitationIdInputSchema,
  invitationOfferViewSchema,
  invitationTokenInputSchema,
  invitationViewSchema,
  inviteMember,
  inviteMemberInputSchema,
  leaveOrganization,
  leftOrganizationViewSchema,
  listMembers,
  listOrganizations,
  listOrganizationsInputSchema,
  memberListViewSchema,
  organizationIdInputSchema,
  organizationListViewSchema,
  removedMemberViewSchema,
  removeMember,
  removeMemberInputSchema,
  revokedInvitationViewSchema,
  revokeInvitation,
  switchOrganization,
  transferOwnership,
  transferOwnershipInputSchema,
} from "@agathaai/core/members";
import {
  deletedOrganizationViewSchema,
  deleteOrganization,
  deleteOrganizationInputSchema,
} from "@agathaai/core/org-deletion";
import { orgViewSchema } from "@agathaai/core/orgs";
import { z } from "zod";
import { memberListExample } from "../examples/role-example";
import { unaudited, writes } from "../middleware/audited";
import { publicProcedure, router, userProcedure } from "../trpc";

const tag = "Roles";
const nothing = z.strictObject({}).optional();

/** Members and their roles, and the organizations a person works in. Only in the portal, but for who is a member and with which role. */
export const teamRouter = router({
  list: userProcedure(unaudited("settings", { action: "data.members_read" }), "members:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/members",
        operationId: "listMembers",
        tag,
        summary: "List members",
        description:
          "Lists your organization's members by when they joined, with the role of each, and its open invitations. `keys_beyond` says for each role how many of a member's keys may do more than that role allows.",
        responses: {
          200: {
            name: "MemberList",
            description: "All members and open invitations.",
            schema: memberListViewSchema,
            example: memberListExample,
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(memberListViewSchema)
    .query(({ ctx }) => listMembers(ctx.db, ctx.principal)),

  invite: userProcedure(writes("member.invited"), "members:write")
    .input(inviteMemberInputSchema)
    .output(invitationViewSchema)
    .mutation(({ ctx, input }) => inviteMember(ctx.db, { principal: ctx.principal, input })),

  revokeInvitation: userProcedure(writes("member.invitation_revoked"), "members:write")
    .input(invitationIdInputSchema)
    .output(revokedInvitationViewSchema)
    .mutation(({ ctx, input }) => revokeInvitation(ctx.db, { principal: ctx.principal, id: input.id })),

  openInvitation: publicProcedure(unaudited("own_account"))
    .input(invitationTokenInputSchema)
    .output(invitationOfferViewSchema)
    .query(({ ctx, input }) => getInvitation(ctx.db, input)),

  acceptInvitation: userProcedure(writes("member.joined"))
    .input(invitationTokenInputSchema)
    .output(orgViewSchema)
    .mutation(({ ctx, input }) => acceptInvitation(ctx.db, { principal: ctx.principal, ...input })),

  changeRole: userProcedure(
    writes(
      "member.role_changed",
      "key.revoked",
      "key.narrowed",
      "key.taken_over",
      "member.invitation_revoked",
    ),
    "members:write",
  )
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/members/{user_id}",
        operationId: "changeMemberRole",
        tag,
        summary: "Change a member's role",
        description:
          "Gives a member another role: a built-in role's name or a custom role's ID, and none that may do more than yours. Takes effect everywhere within five seconds. Keys they created that may do more are narrowed to the new role, unless `keys` says otherwise, and the member is emailed what became of them. Only owners make owners; the last owner keeps the role.",
        responses: {
          200: {
            name: "MemberList",
            description: "All members and open invitations.",
            schema: memberListViewSchema,
            example: memberListExample,
          },
        },
        requestExample: { role: "developer" },
        errors: ["conflict"],
      },
    })
    .input(changeRoleInputSchema)
    .output(memberListViewSchema)
    .mutation(({ ctx, input }) => changeRole(ctx.db, { principal: ctx.principal, input })),

  transferOwnership: userProcedure(
    writes("member.ownership_transferred", "member.invitation_revoked"),
    "members:write",
  )
    .meta({ stepUp: true })
    .input(transferOwnershipInputSchema)
    .output(memberListViewSchema)
    .mutation(({ ctx, input }) => transferOwnership(ctx.db, { principal: ctx.principal, input })),

  remove: userProcedure(
    writes("member.removed", "key.revoked", "key.taken_over", "member.invitation_revoked"),
    "members:write",
  )
    .input(removeMemberInputSchema)
    .output(removedMemberViewSchema)
    .mutation(({ ctx, input }) => removeMember(ctx.db, { principal: ctx.principal, input })),

  leave: userProcedure(writes("member.removed", "key.revoked", "member.invitation_revoked"))
    .meta({ withoutFactor: true })
    .input(nothing)
    .output(leftOrganizationViewSchema)
    .mutation(({ ctx }) => leaveOrganization(ctx.db, ctx.principal)),

  organizations: userProcedure(unaudited("own_account"))
    .meta({ whileSuspended: true, withoutFactor: true })
    .input(listOrganizationsInputSchema)
    .output(organizationListViewSchema)
    .query(({ ctx, input }) => listOrganizations(ctx.db, ctx.principal, input)),

  createOrganization: userProcedure(writes("org.created"))
    .input(createOrganizationInputSchema)
    .output(orgViewSchema)
    .mutation(({ ctx, input }) => createOrganization(ctx.db, { principal: ctx.principal, ...input })),

  deleteOrganization: userProcedure(writes("org.deleted"), "members:write")
    .meta({ rateLimit: "costly", stepUp: true })
    .input(deleteOrganizationInputSchema)
    .output(deletedOrganizationViewSchema)
    .mutation(({ ctx, input }) => deleteOrganization(ctx.db, { principal: ctx.principal, input })),

  switchOrganization: userProcedure(unaudited("own_account"))
    .meta({ whileSuspended: true, withoutFactor: true })
    .input(organizationIdInputSchema)
    .output(orgViewSchema)
    .mutation(({ ctx, input }) =>
      switchOrganization(ctx.db, { principal: ctx.principal, orgId: input.organization_id }),
    ),
});
