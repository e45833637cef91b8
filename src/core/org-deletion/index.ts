export { deleteOrganization } from "./delete-organization";
export * as deletionEmails from "./deleted-email";
export { eraseDeletedOrganizations } from "./erase-organization";
export { completeTombstones, repeatErasures, untilErasuresRepeated } from "./repeat-erasures";
export * from "./schemas";
export { listTombstones, readTombstone, writeTombstone } from "./tombstones";
