export { createDataKey, insertDataKey, type NewDataKey, prepareDataKey } from "./create-data-key";
export { destroyDataKey } from "./destroy-data-key";
export { fingerprint, fingerprints } from "./fingerprint";
export { type KeyedTx, type KeySource, transactWithKeys } from "./keyed-transaction";
export { openText, openTexts, type TextToOpen } from "./open-text";
export { sealText, sealTexts, type TextToSeal } from "./seal-text";
export type { Place, Subject } from "./subject";
