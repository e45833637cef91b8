import { z } from "zod";
import { emailSchema } from "../accounts";
import { keyDispositionSchema } from "../keys";
import { orgRoleSchema, orgViewSchema } from "../orgs";
import { publicId } from "../platform";
import { listFields, listSchema } from "../platform/list";
import { deletedSchema } from "../platform/schemas/deleted";
import { lineOfText } from "../platform/schemas/line-of-text";
import { anyRoleSchema } from "./roles/role-schemas";

const invitationToken = z.string().min(1, "must not be empty").max(512, "is not one of our tokens");

/** A removed member has no role that a key could be narrowed to. */
export const removeMemberInputSchema = z.strictObject({
  user_id: publicId("usr"),
  keys: keyDispositionSchema
    .exclude(["narrow"])
    .default("end")
    .meta({ description: "`end` the keys they made, or `keep` them: the caller answers for them then." }),
});
export const changeRoleInputSchema = z.strictObject({
  user_id: publicId("usr"),
  role: anyRoleSchema,
  keys: keyDispositionSchema.default("narrow").meta({
    description:
      "What becomes of the keys they made that may do more than the new role: `narrow` them to it, `end` them, or `keep` them: the caller answers for them then.",
  }),
});
export const inviteMemberInputSchema = z.strictObject({ email: emailSchema, role: anyRoleSchema });
export const invitationIdInputSchema = z.strictObject({ id: publicId("inv") });
export const invitationTokenInputSchema = z.strictObject({ token: invitationToken });
export const organizationIdInputSchema = z.strictObject({ organization_id: publicId("org") });
export const createOrganizationInputSchema = z.strictObject({ name: lineOfText({ max: 80 }) });

/** The organization's name, typed by the caller to confirm. */
const typedName = z.string().max(256);
export const transferOwnershipInputSchema = z.strictObject({
  user_id: publicId("usr"),
  organization_name: typedName,
});

const secondFactorPolicy = z.enum(["optional", "required"]).meta({
  description: "Whether members need a second factor to work in the organization. API keys need none.",
});
export const updateSignInPolicyInputSchema = z.strictObject({ second_factor: secondFactorPolicy });
export const signInPolicyViewSchema = z.object({
  second_factor: secondFactorPolicy,
  members_without_factor: z
    .int()
    .meta({ description: "How many members have neither an authenticator app nor a passkey." }),
});
export type SignInPolicyView = z.output<typeof signInPolicyViewSchema>;
export type UpdateSignInPolicyInput = z.output<typeof updateSignInPolicyInputSchema>;

export const visibilityViewSchema = z.strictObject({
  developers_see: z.enum(["own", "all"]).meta({
    description:
      "Whose requests and usage developers see: `own` (made by hand, with keys they created, and by their apps) or `all`. Other roles see everyone's.",
  }),
});
export type VisibilityView = z.output<typeof visibilityViewSchema>;
export type UpdateVisibilityInput = VisibilityView;

/** Null for a built-in role. */
const customRoleNameSchema = z.object({ id: z.string(), name: z.string() }).nullable();

export const memberViewSchema = z.object({
  user_id: z.string(),
  name: z.string(),
  email: z.string(),
  /** Of a custom role, its base. */
  role: orgRoleSchema,
  custom_role: customRoleNameSchema,
  joined_at: z.iso.datetime(),
  /** Whether it is the caller. */
  self: z.boolean(),
  /** Whether the company's directory keeps the membership. */
  managed: z.boolean(),
  /** Keys that this member is responsible for. */
  keys: z.int().nonnegative(),
  /** By role (a built-in one's name, a custom one's ID), how many of these keys may do more than the role. */
  keys_beyond: z.record(z.string(), z.int().nonnegative()),
});

export const invitationViewSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: orgRoleSchema,
  custom_role: customRoleNameSchema,
  invited_by: z.string().nullable(),
  status: z.enum(["pending", "expired"]),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
});

export const memberListViewSchema = z.object({
  members: z.array(memberViewSchema),
  invitations: z.array(invitationViewSchema),
});

/** What an invitation's link shows before it is accepted. */
export const invitationOfferViewSchema = z.object({
  organization: z.string(),
  role: orgRoleSchema,
  custom_role: z.string().nullable(),
  email: z.string(),
  invited_by: z.string().nullable(),
  expires_at: z.iso.datetime(),
});

export const listOrganizationsInputSchema = z.strictObject(listFields(100)).prefault({});
export const organizationListViewSchema = listSchema(orgViewSchema.extend({ current: z.boolean() }));

export const removedMemberViewSchema = deletedSchema("member").extend({
  keys_ended: z.int().nonnegative(),
  keys_kept: z.int().nonnegative(),
});
export const leftOrganizationViewSchema = z.object({
  left: z.literal(true),
  keys_ended: z.int().nonnegative(),
});
export const revokedInvitationViewSchema = deletedSchema("invitation");

export type ChangeRoleInput = z.output<typeof changeRoleInputSchema>;
export type RemovedMemberView = z.output<typeof removedMemberViewSchema>;
export type LeftOrganizationView = z.output<typeof leftOrganizationViewSchema>;
export type RemoveMemberInput = z.output<typeof removeMemberInputSchema>;
export type TransferOwnershipInput = z.output<typeof transferOwnershipInputSchema>;
export type InviteMemberInput = z.output<typeof inviteMemberInputSchema>;
export type RevokedInvitationView = z.output<typeof revokedInvitationViewSchema>;
export type MemberView = z.output<typeof memberViewSchema>;
export type InvitationView = z.output<typeof invitationViewSchema>;
export type MemberListView = z.output<typeof memberListViewSchema>;
export type InvitationOfferView = z.output<typeof invitationOfferViewSchema>;
export type OrganizationListView = z.output<typeof organizationListViewSchema>;
