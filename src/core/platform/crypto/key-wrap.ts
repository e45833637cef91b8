import type { Bytes } from "./hash";

/** What a wrapped key belongs to. It is authenticated, not stored: unwrapping needs the same context again. */
export type KeyContext = Readonly<Record<string, string>>;

export interface WrappedKey {
  wrapped: Bytes;
  /** Which master key wrapped it. */
  kekId: string;
}

/** Wraps data keys under a master key that never touches the database. Every error is an AppError. */
export interface KeyService {
  wrap(key: Uint8Array, context: KeyContext): Promise<WrappedKey>;
  unwrap(wrapped: Uint8Array, kekId: string, context: KeyContext): Promise<Bytes>;
}
