export { createPersonalOrganization, type PersonalOrganization } from "./create-personal-organization";
export { orgNamePlace, orgSubject } from "./org-name";
export { getOrganizationPlan, planOf } from "./plan-of";
export { type OrgView, orgRoleSchema, orgViewSchema, planSchema } from "./schemas";
export { scopeSetOfRole, scopesOfRole } from "./scopes-of-role";
export { toOrgView } from "./to-org-view";
