export { createDataKey, destroyDataKey, insertDataKey, type NewDataKey, prepareDataKey } from "./data-key";
export {
  decryptText,
  decryptTexts,
  encryptText,
  encryptTexts,
  type TextToDecrypt,
  type TextToEncrypt,
} from "./encrypt-text";
export { fingerprint, fingerprints, knownFingerprint } from "./fingerprint";
export { type KeyedTx, type KeySource, transactWithKeys } from "./keyed-transaction";
export { type Rewrapped, rewrapDataKeys, wrappedByOthers } from "./rotation/rewrap-data-keys";
export { countOverdue, type Rotated, rotateDataKeys } from "./rotation/rotate-data-keys";
export type { FieldRef, Subject } from "./subject";
