export { type OrgView, orgRoleSchema, orgViewSchema, planSchema } from "./schemas";
export { scopeSetOfRole, scopesOfRole } from "./scopes-of-role";
