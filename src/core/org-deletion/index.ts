export { deleteOrganization } from "./delete-organization";
export * as deletionEmails from "./deleted-email";
export { eraseDeletedOrganizations } from "./erase-organization";
export { erasePerson } from "./erase-person";
export { completeErasures, redactCustomers } from "./erasure/complete-erasures";
export { eraseAccount } from "./erasure/erase-account";
export * as erasureEmails from "./erasure/erased-email";
export { erasureGauges } from "./erasure/erasure-gauges";
export { getErasure } from "./erasure/erasure-rows";
export {
  eraseAccountInputSchema,
  erasureReceiptSchema,
  erasureViewSchema,
  requestedErasureSchema,
} from "./erasure/schemas";
export { completeTombstones, repeatErasures, untilErasuresRepeated } from "./repeat-erasures";
export * from "./schemas";
export { listTombstones, readTombstone, writeTombstone } from "./tombstones";
