import type { Bytes } from "../platform/crypto/hash";
import { dataKeysOf, type KeySource } from "./keyed-transaction";
import { keyOf } from "./load-data-keys";
import { type FieldRef, fieldName, type Subject } from "./subject";

export interface TextToEncrypt {
  subject: Subject;
  field: FieldRef;
  text: string;
}

export interface TextToDecrypt {
  subject: Subject;
  field: FieldRef;
  blob: Uint8Array;
}

/** Encrypts one text for the field that will hold it. @throws AppError as `loadDataKeys`. */
export async function encryptText(
  db: KeySource,
  subject: Subject,
  field: FieldRef,
  text: string,
): Promise<Bytes> {
  const keys = await dataKeysOf(db, [subject]);
  return keyOf(keys, subject).encrypt(text, fieldName(field));
}

/** `encryptText` for many texts, in their order, with one query at most. */
export async function encryptTexts(db: KeySource, texts: readonly TextToEncrypt[]): Promise<Bytes[]> {
  const keys = await dataKeysOf(
    db,
    texts.map(({ subject }) => subject),
  );
  return texts.map(({ subject, field, text }) => keyOf(keys, subject).encrypt(text, fieldName(field)));
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
  return keyOf(keys, subject).decrypt(blob, fieldName(field));
}

/** `decryptText` for many blobs, in their order, with one query at most. */
export async function decryptTexts(db: KeySource, texts: readonly TextToDecrypt[]): Promise<string[]> {
  const keys = await dataKeysOf(
    db,
    texts.map(({ subject }) => subject),
  );
  return texts.map(({ subject, field, blob }) => keyOf(keys, subject).decrypt(blob, fieldName(field)));
}
