import { openField } from "../platform/crypto/field";
import { dataKeysOf, type KeySource } from "./keyed-transaction";
import { keyOf } from "./load-data-keys";
import { type Place, placeName, type Subject } from "./subject";

export interface TextToOpen {
  subject: Subject;
  place: Place;
  blob: Uint8Array;
}

/**
 * Decrypts what `sealText` made for the same subject and place.
 * @throws AppError `not_found` when the subject was erased, `internal_error` when the blob was changed or moved.
 */
export async function openText(
  db: KeySource,
  subject: Subject,
  place: Place,
  blob: Uint8Array,
): Promise<string> {
  const keys = await dataKeysOf(db, [subject]);
  return openField(keyOf(keys, subject), blob, placeName(place));
}

/** As `openText` for many at once, in their order; one query at most. */
export async function openTexts(db: KeySource, texts: readonly TextToOpen[]): Promise<string[]> {
  const keys = await dataKeysOf(
    db,
    texts.map(({ subject }) => subject),
  );
  return texts.map(({ subject, place, blob }) => openField(keyOf(keys, subject), blob, placeName(place)));
}
