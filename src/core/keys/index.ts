export * as leakedKeyEmails from "./email/leaked-key-email";
export * as keyEmails from "./email/new-device-emails";
export { announceExpiringKeys } from "./manage/announce-expiring-keys";
export { createKey } from "./manage/create-key";
export { endLeakedKey } from "./manage/end-leaked-key";
export { revokeKey } from "./manage/revoke-key";
export { type RevokedKeys, revokeAllKeys, revokeKeysOf } from "./manage/revoke-keys-of";
export { rotateKey } from "./manage/rotate-key";
export { updateKey } from "./manage/update-key";
export { countKeysOfMembers, type KeysOfMember, noKeys } from "./members/count-keys-of-members";
export { type SettledKeys, settleKeysOfMember } from "./members/settle-keys-of-member";
export * from "./schemas";
export { generateKeySecret, isKeySecret, shownParts } from "./verify/key-secret";
export { flushLastUsed } from "./verify/last-used";
export {
  forgetKey,
  forgetKeysCreatedBy,
  forgetKeysOf,
  verifyApiKey,
  verifyKnownKey,
} from "./verify/verify-api-key";
export { knownScopes } from "./views/key-view";
export { getKey, type KeySummary, listKeys, nameKeys, readKeySummary } from "./views/list-keys";
