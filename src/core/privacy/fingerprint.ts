import { blindIndex } from "../platform/crypto/blind-index";
import type { Bytes } from "../platform/crypto/hash";
import { dataKeysOf, type KeySource } from "./keyed-transaction";
import { keyOf } from "./load-data-keys";
import type { Subject } from "./subject";

/** What is compared or found by it. Each has a key of its own: equal texts of two purposes have nothing in common. */
export type FingerprintPurpose = "metadata" | "idempotency" | "place" | "address";

/**
 * Fingerprints by which texts of a subject's are recognized, in their order: equal texts, equal fingerprints. They are
 * made with the subject's own data key and die with it: afterwards nobody can test a guess, whoever holds the product's
 * secrets included, and no backup brings that back. For what has to be found before its subject is known there is
 * `blindIndex`; what stands under it is removed when the subject is erased.
 * @throws AppError as `encryptText`.
 */
export async function fingerprints(
  db: KeySource,
  subject: Subject,
  purpose: FingerprintPurpose,
  texts: readonly string[],
): Promise<Bytes[]> {
  if (texts.length === 0) return [];
  const dataKey = keyOf(await dataKeysOf(db, [subject]), subject);
  return texts.map((text) => make(dataKey, purpose, text));
}

/**
 * Of each data key in memory, what was made with it a moment ago: every call is recorded with its address, and most
 * calls come from few. It is held by the key itself, so whatever makes this process forget a key takes it along.
 */
const recent = new WeakMap<Uint8Array, Map<string, Bytes>>();
const MOST_RECENT = 100;

function make(dataKey: Uint8Array, purpose: FingerprintPurpose, text: string): Bytes {
  const known = recent.get(dataKey) ?? new Map<string, Bytes>();
  recent.set(dataKey, known);
  const name = `${purpose} ${text}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const mark = blindIndex(text, blindIndex(`fingerprint:${purpose}:1`, dataKey));
  if (known.size >= MOST_RECENT) known.clear();
  known.set(name, mark);
  return mark;
}

export async function fingerprint(
  db: KeySource,
  subject: Subject,
  purpose: FingerprintPurpose,
  text: string,
): Promise<Bytes> {
  const [made] = await fingerprints(db, subject, purpose, [text]);
  if (made === undefined) throw new Error("one text gave no fingerprint");
  return made;
}
