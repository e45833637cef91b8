import type { Bytes } from "./hash";

/** What a wrapped key belongs to. Authenticated but not stored: unwrapping needs the same context. */
export type KeyContext = Readonly<Record<string, string>>;

export interface WrappedKey {
  wrapped: Bytes;
  /** Id of the master key (key-encryption key) that wrapped it. */
  kekId: string;
}

/** Wraps data keys under a master key that is never in the database. Every error is an AppError. */
export interface KeyService {
  wrap(key: Uint8Array, context: KeyContext): Promise<WrappedKey>;
  unwrap(wrapped: Uint8Array, kekId: string, context: KeyContext): Promise<Bytes>;
}
