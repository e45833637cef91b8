import { decryptField } from "../platform/crypto/field";
import { dataKeysOf, type KeySource } from "./keyed-transaction";
import { keyOf } from "./load-data-keys";
import { type FieldRef, fieldName, type Subject } from "./subject";

export interface TextToDecrypt {
  subject: Subject;
  field: FieldRef;
  blob: Uint8Array;
}

/**
 * Decrypts what `encryptText` made for the same subject and field.
 * @throws AppError `not_found` when the subject was erased, `internal_error` when the blob was changed or moved.
 */
export async function decryptText(
  db: KeySource,
  subject: Subject,
  field: FieldRef,
  blob: Uint8Array,
): Promise<string> {
  const keys = await dataKeysOf(db, [subject]);
  return decryptField(keyOf(keys, subject), blob, fieldName(field));
}

/** As `decryptText` for many at once, in their order; one query at most. */
export async function decryptTexts(db: KeySource, texts: readonly TextToDecrypt[]): Promise<string[]> {
  const keys = await dataKeysOf(
    db,
    texts.map(({ subject }) => subject),
  );
  return texts.map(({ subject, field, blob }) => decryptField(keyOf(keys, subject), blob, fieldName(field)));
}
