import { encryptField } from "../platform/crypto/field";
import type { Bytes } from "../platform/crypto/hash";
import { dataKeysOf, type KeySource } from "./keyed-transaction";
import { keyOf } from "./load-data-keys";
import { type FieldRef, fieldName, type Subject } from "./subject";

export interface TextToEncrypt {
  subject: Subject;
  field: FieldRef;
  text: string;
}

/** Encrypts one text for the column it goes to. @throws AppError as `loadDataKeys`. */
export async function encryptText(
  db: KeySource,
  subject: Subject,
  field: FieldRef,
  text: string,
): Promise<Bytes> {
  const keys = await dataKeysOf(db, [subject]);
  return encryptField(keyOf(keys, subject), text, fieldName(field));
}

/** As `encryptText` for many at once, in their order; one query at most. */
export async function encryptTexts(db: KeySource, texts: readonly TextToEncrypt[]): Promise<Bytes[]> {
  const keys = await dataKeysOf(
    db,
    texts.map(({ subject }) => subject),
  );
  return texts.map(({ subject, field, text }) => encryptField(keyOf(keys, subject), text, fieldName(field)));
}
