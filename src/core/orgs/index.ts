export { assertOrgNameTyped } from "./assert-org-name-typed";
export {
  type InsertedOrganization,
  insertOrganization,
  type PreparedOrganization,
  prepareOrganization,
  preparePersonalOrganization,
} from "./insert-organization";
export { orgNameField, orgSubject } from "./org-name";
export { getOrganizationPlan, planOf } from "./plan-of";
export { decryptOrgNames, readOrgName, readOrgView } from "./read-org";
export { renameOrganization } from "./rename-organization";
export {
  type OrgView,
  orgRoleSchema,
  orgViewSchema,
  planSchema,
  renameOrganizationInputSchema,
} from "./schemas";
export { scopeSetOfRole, scopesOfRole } from "./scopes-of-role";
export { toOrgView } from "./to-org-view";
