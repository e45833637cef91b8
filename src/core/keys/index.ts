export { createKey, MAX_ACTIVE_KEYS } from "./create-key";
export { isKeySecret, KEY_PREFIX } from "./key-secret";
export { flushLastUsed } from "./last-used";
export { listKeys } from "./list-keys";
export { revokeKey } from "./revoke-key";
export { rotateKey } from "./rotate-key";
export * from "./schemas";
export { verifyApiKey } from "./verify-api-key";
