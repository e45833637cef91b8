import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** Bytes as Prisma's `Bytes` columns take them, never a view into Node's shared pool. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** By way of a text, because Node's own buffer for a digest costs twice as much as the digest. */
export function sha256(data: string | Uint8Array): Bytes {
  const digest = hash("sha256", data, "binary");
  const bytes = new Uint8Array(digest.length);
  for (let index = 0; index < digest.length; index++) bytes[index] = digest.charCodeAt(index);
  return bytes;
}

/** The same in base64. */
export function sha256Text(data: string): string {
  return hash("sha256", data, "base64");
}

/** Compares secrets in constant time. Different lengths are unequal at once. */
export function constantTimeEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/** A random token in base64url, 256 bits by default. Store its `sha256`, never the token. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}
