import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** Bytes as Prisma's `Bytes` columns take them, never a view into Node's shared pool. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function sha256(data: string | Uint8Array): Bytes {
  return new Uint8Array(hash("sha256", data, "buffer"));
}

/** Compares secrets in constant time. Different lengths are unequal at once. */
export function constantTimeEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/** A random token in base64url, 256 bits by default. Store its `sha256`, never the token. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}
