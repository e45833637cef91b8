export * as leakedKeyEmails from "./email/leaked-key-email";
export * as keyEmails from "./email/new-device-emails";
export { notifyNewDevice } from "./email/notify-new-device";
export { announceExpiringKeys } from "./manage/announce-expiring-keys";
export { createKey, grantableScopes } from "./manage/create-key";
export { endLeakedKey } from "./manage/end-leaked-key";
export { assertModelsExist } from "./manage/key-limits";
export { asKeyManager, assertMayManage, type KeyManager, lockKeyManager } from "./manage/key-manager";
export { insertServiceKey, lockKey } from "./manage/key-store";
export { revokeKey } from "./manage/revoke-key";
export { type RevokedKeys, revokeAllKeys, revokeKeysOf } from "./manage/revoke-keys-of";
export { rotateKey } from "./manage/rotate-key";
export { updateKey } from "./manage/update-key";
export { countKeysOfMembers, type KeysOfMember, noKeys } from "./members/count-keys-of-members";
export { type SettledKeys, settleKeysOfMember } from "./members/settle-keys-of-member";
export * from "./schemas";
export { generateKeySecret, isKeySecret, shownParts } from "./verify/key-secret";
export { flushLastUsed } from "./verify/last-used";
export { credentialsIn, revocationOf, SERVICE_SECRET_PREFIX, serviceKeyHash } from "./verify/service-key";
export {
  forgetKey,
  forgetKeysCreatedBy,
  forgetKeysOf,
  verifyApiKey,
  verifyKnownKey,
  verifyServiceKey,
} from "./verify/verify-api-key";
export { type KeyRow, keyColumns, knownScopes, readKeySpend } from "./views/key-view";
export { getKey, type KeySummary, listKeys, nameKeys, readKeySummary, visibleKeys } from "./views/list-keys";
