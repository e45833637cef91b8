export { createDataKey, insertDataKey, type NewDataKey, prepareDataKey } from "./create-data-key";
export { decryptText, decryptTexts, type TextToDecrypt } from "./decrypt-text";
export { destroyDataKey } from "./destroy-data-key";
export { encryptText, encryptTexts, type TextToEncrypt } from "./encrypt-text";
export { fingerprint, fingerprints } from "./fingerprint";
export { type KeyedTx, type KeySource, transactWithKeys } from "./keyed-transaction";
export type { FieldRef, Subject } from "./subject";
