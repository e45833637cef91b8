export { indexedMemberRows } from "./indexed-rows";
export { acceptInvitation } from "./invitations/accept-invitation";
export { getInvitation } from "./invitations/get-invitation";
export * as invitationEmails from "./invitations/invitation-email";
export { inviteMember } from "./invitations/invite-member";
export { revokeInvitation } from "./invitations/revoke-invitation";
export {
  changeRoleByDirectory,
  endMembershipByDirectory,
  type SettledByDirectory,
} from "./membership/by-directory";
export { changeRole } from "./membership/change-role";
export {
  moveToAnotherOrg,
  type PreparedPersonalOrgs,
  preparePersonalOrgs,
} from "./membership/end-membership";
export * as memberKeyEmails from "./membership/key-emails";
export { leaveForGood, soleOwner } from "./membership/leave-for-good";
export { leaveOrganization } from "./membership/leave-organization";
export { listMembers } from "./membership/list-members";
export { assertMayManage, assertOwner, lockMembers } from "./membership/member-manager";
export * as ownershipEmails from "./membership/ownership-emails";
export { removeMember } from "./membership/remove-member";
export { revokeKeysAndInvitations } from "./membership/revoke-keys-and-invitations";
export { transferOwnership } from "./membership/transfer-ownership";
export { createOrganization, listOrganizations, switchOrganization } from "./organizations";
export { createCustomRole, listCustomRoles, updateCustomRole } from "./roles/custom-roles";
export { deleteCustomRole } from "./roles/delete-custom-role";
export { pickRole } from "./roles/role-rows";
export * from "./roles/role-schemas";
export { getVisibility, updateVisibility } from "./roles/visibility";
export * from "./schemas";
export { getSignInPolicy, updateSignInPolicy } from "./sign-in-policy/sign-in-policy";
