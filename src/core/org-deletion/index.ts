export { deleteOrganization } from "./delete-organization";
export { ERASED_AFTER_MS, eraseDeletedOrganizations } from "./erase-organization";
export { erasePerson } from "./erase-person";
export { completeTombstones, repeatErasures, untilErasuresRepeated } from "./repeat-erasures";
export * from "./schemas";
export { listTombstones, readTombstone, writeTombstone } from "./tombstones";
