import type { Bytes } from "../hash";

/** The subject of a wrapped key. Authenticated but not stored: unwrapping needs the same context. */
export type KeyContext = Readonly<Record<string, string>>;

export interface WrappedKey {
  wrapped: Bytes;
  /** The id of the master key that wrapped it. */
  kekId: string;
}

/** Wraps data keys under a master key that is never in the database. Every error is an AppError. */
export interface KeyService {
  wrap(key: Uint8Array, context: KeyContext): Promise<WrappedKey>;
  unwrap(wrapped: Uint8Array, kekId: string, context: KeyContext): Promise<Bytes>;
}
