export { addProviderKey } from "./add-provider-key";
export { deleteAllProviderKeys, deleteProviderKey } from "./delete-provider-key";
export { listProviderKeys } from "./list-provider-keys";
export { billedForOwnKey, heldForFee, ownKeyFeePercent } from "./own-key-billing";
export { forgetOwnKeys, type OwnKey, type OwnKeys, type OwnKeysByProvider, readOwnKeys } from "./own-keys";
export { rotateProviderKey } from "./rotate-provider-key";
export * from "./schemas";
export type { KeyVerdict, TestProviderKey } from "./test-key";
export { updateProviderKey } from "./update-provider-key";
