export { deleteOrganization } from "./delete-organization";
export { ERASED_AFTER_MS, eraseDeletedOrganizations } from "./erase-deleted-organizations";
export * from "./schemas";
