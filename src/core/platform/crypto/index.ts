export { blindIndex } from "./blind-index";
export { openField, sealField } from "./field";
export { type Bytes, constantTimeEqual, randomToken, sha256 } from "./hash";
export { type KeyContext, type KeyService, keyService, type WrappedKey } from "./key-service";
