export { assertNotInHipaaMode, isInHipaaMode } from "./hipaa-mode";
export {
  type InsertedOrganization,
  insertOrganization,
  type PreparedOrganization,
  prepareOrganization,
  preparePersonalOrganization,
} from "./insert-organization";
export { lockOrganization, noLongerMember, organizationDeleted } from "./lock-organization";
export {
  type MemberRights,
  type RoleRef,
  readMemberRights,
  readRoles,
  rightsColumns,
  type StoredRights,
  scopesOfMember,
} from "./member-rights";
export {
  assertOrgNameTyped,
  decryptOrgNames,
  orgNameField,
  orgNotFound,
  orgSubject,
  readOrgName,
} from "./org-name";
export { getOrganizationPlan, getOrgView, orgColumns, planOf, toOrgView } from "./org-view";
export { assertFeature, hasFeature } from "./plan-features";
export { renameOrganization } from "./rename-organization";
export {
  type OrgView,
  orgRoleSchema,
  orgViewSchema,
  planSchema,
  renameOrganizationInputSchema,
  type StorageView,
  storageViewSchema,
} from "./schemas";
export { scopeSetOfRole } from "./scopes-of-role";
