import type { Bytes } from "../hash";
import { keyedHash } from "../keyed-hash";
import { type IndexKey, indexKeys } from "./index-keys";

/** What is indexed. `core/upkeep` says where each is stored, and what becomes of it when the key is rotated. */
export type IndexPurpose =
  | "email"
  | "directory user name"
  | "directory external id"
  | "company"
  | "address"
  | "sign-up"
  | "refresh-client";

/**
 * A keyed fingerprint by which an encrypted text can be found: equal texts give equal fingerprints, and without the key nobody
 * can test a guess. It begins with the ID of its key and is made with the current one: compare and look up with `blindIndexes`.
 * The caller normalizes the text first (case, spaces).
 */
export function blindIndex(purpose: IndexPurpose, text: string): Bytes {
  return indexUnder(indexKeys().current, purpose, text);
}

/** What a stored index of the text may be, the current one first: while the key is rotated, rows of earlier ones are left. */
export function blindIndexes(purpose: IndexPurpose, text: string): Bytes[] {
  const { current, earlier } = indexKeys();
  return [current, ...earlier].map((key) => indexUnder(key, purpose, text));
}

function indexUnder({ id, secret }: IndexKey, purpose: IndexPurpose, text: string): Bytes {
  const hash = keyedHash(`${purpose}:${text}`, secret);
  if (id.byteLength === 0) return hash;
  const index = new Uint8Array(id.byteLength + hash.byteLength);
  index.set(id);
  index.set(hash, id.byteLength);
  return index;
}

export function isAmong(stored: Uint8Array, indexes: readonly Uint8Array[]): boolean {
  return indexes.some((index) => Buffer.compare(stored, index) === 0);
}
