import { sealField } from "../platform/crypto/field";
import type { Bytes } from "../platform/crypto/hash";
import { dataKeysOf, type KeySource } from "./keyed-transaction";
import { keyOf } from "./load-data-keys";
import { type Place, placeName, type Subject } from "./subject";

export interface TextToSeal {
  subject: Subject;
  place: Place;
  text: string;
}

/** Encrypts one text for the column it goes to. @throws AppError as `loadDataKeys`. */
export async function sealText(db: KeySource, subject: Subject, place: Place, text: string): Promise<Bytes> {
  const keys = await dataKeysOf(db, [subject]);
  return sealField(keyOf(keys, subject), text, placeName(place));
}

/** As `sealText` for many at once, in their order; one query at most. */
export async function sealTexts(db: KeySource, texts: readonly TextToSeal[]): Promise<Bytes[]> {
  const keys = await dataKeysOf(
    db,
    texts.map(({ subject }) => subject),
  );
  return texts.map(({ subject, place, text }) => sealField(keyOf(keys, subject), text, placeName(place)));
}
