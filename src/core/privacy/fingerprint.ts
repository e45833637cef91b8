import type { Bytes } from "../platform/crypto/hash";
import { keyedHash } from "../platform/crypto/keyed-hash";
import { keyCache } from "./key-cache";
import { dataKeysOf, type KeySource } from "./keyed-transaction";
import { keyOf } from "./load-data-keys";
import { type Subject, subjectName } from "./subject";

/**
 * Each purpose has its own key, so equal texts of two purposes cannot be linked. Renaming one would orphan the fingerprints
 * stored under it; `place` is a known device.
 */
export type FingerprintPurpose =
  | "metadata"
  | "idempotency"
  | "place"
  | "browser"
  | "address"
  | "response_cache";

/**
 * Keyed fingerprints of a subject's texts, in their order: equal texts give equal fingerprints. They are made with the
 * first version of the subject's data key, so that they outlast its rotation; after its destruction nobody can test a guess, not even with the product's secrets and a backup.
 * To find a row before its subject is known use `blindIndex`; such indexes are removed when the subject is erased.
 * @throws AppError as `encryptText`.
 */
export async function fingerprints(
  db: KeySource,
  subject: Subject,
  purpose: FingerprintPurpose,
  texts: readonly string[],
): Promise<Bytes[]> {
  if (texts.length === 0) return [];
  const dataKey = keyOf(await dataKeysOf(db, [subject]), subject).first;
  return texts.map((text) => fingerprintOf(dataKey, purpose, text));
}

/**
 * Recent fingerprints by data key: every API call records its IP address, and most calls come from few addresses. Weakly
 * keyed, so that the fingerprints go when the key is dropped from memory.
 */
const recent = new WeakMap<Uint8Array, Map<FingerprintPurpose, Map<string, Bytes>>>();
const MOST_RECENT = 100;

function recentOf(dataKey: Uint8Array, purpose: FingerprintPurpose): Map<string, Bytes> {
  const known = recent.get(dataKey) ?? new Map<FingerprintPurpose, Map<string, Bytes>>();
  recent.set(dataKey, known);
  const ofPurpose = known.get(purpose) ?? new Map<string, Bytes>();
  known.set(purpose, ofPurpose);
  return ofPurpose;
}

function fingerprintOf(dataKey: Uint8Array, purpose: FingerprintPurpose, text: string): Bytes {
  const known = recentOf(dataKey, purpose);
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = keyedHash(text, keyedHash(`fingerprint:${purpose}:1`, dataKey));
  if (known.size >= MOST_RECENT) known.clear();
  known.set(text, made);
  return made;
}

/**
 * The same at once, where the subject's key was read within the last five seconds and the text was fingerprinted lately: every
 * API call asks for one, and a promise for each costs more than the rest of its record.
 */
export function knownFingerprint(
  subject: Subject,
  purpose: FingerprintPurpose,
  text: string,
): Bytes | undefined {
  const dataKey = keyCache.fresh(subjectName(subject))?.first;
  return dataKey && recent.get(dataKey)?.get(purpose)?.get(text);
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
