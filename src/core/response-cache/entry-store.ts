import type { CacheEntry } from "./cache-scope";

/** The result of a write. */
export interface Written {
  /** False where there was no room. */
  stored: boolean;
  /** Entries of the organization that were dropped to make room. */
  evicted: number;
}

export interface EntryToWrite {
  cipher: Uint8Array<ArrayBuffer>;
  expiresAt: Date;
  /** The most that the organization's entries may take together: those that expire first make room. */
  maxBytes: number;
}

/** Encrypted answers by the names of their entries. */
export interface EntryStore {
  read(entry: CacheEntry): Promise<Uint8Array | undefined>;
  write(entry: CacheEntry, toWrite: EntryToWrite): Promise<Written>;
  deleteAll(orgId: string): Promise<void>;
}

/**
 * An estimate of an entry's name and index entries, so that thousands of tiny answers do not take more than they count.
 */
const ENTRY_BYTES = 512;

/** The bytes of its organization's limit that an entry uses. */
export function bytesOf(cipher: Uint8Array): number {
  return cipher.length + ENTRY_BYTES;
}

/**
 * The most entries that one write drops, so that it blocks the store for a few milliseconds at most. An answer that
 * still does not fit is not stored.
 */
export const MAX_EVICTED = 1_000;
