import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 32 characters of base62 are 190 bits. */
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** A new secret: the prefix, 190 random bits, and a checksum over all before it. */
export function checkedSecret(prefix: string): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => BASE62.charAt(randomInt(BASE62.length))).join(
    "",
  );
  const body = `${prefix}${random}`;
  return body + checksum(body);
}

/**
 * Whether the checksum at its end is right: what was mistyped, cut off or made up is refused without a database read. The
 * checksum is no proof of anything else; the stored hash is.
 */
export function endsWithChecksum(text: string): boolean {
  return text.endsWith(checksum(text.slice(0, -CHECKSUM_LENGTH)));
}

/**
 * What lists show of a secret: enough to recognize it among its neighbors, far too little to use it. Its random part has no
 * underscore.
 */
export function partsShown(secret: string): { prefix: string; lastFour: string } {
  const random = secret.lastIndexOf("_") + 1;
  return { prefix: secret.slice(0, random + 4), lastFour: secret.slice(-4) };
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    text = BASE62.charAt(rest % BASE62.length) + text;
    rest = Math.floor(rest / BASE62.length);
  }
  return text;
}
