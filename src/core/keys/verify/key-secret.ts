import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Environment } from "../../platform";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 32 characters of base62 are 190 bits. */
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
/** Random part and checksum have no underscore, so what stands before one can only be the code of a cell. */
const SECRET = /^agt_(?:live|test)_(?:(?<cell>[a-z][a-z0-9]{1,7})_)?[0-9A-Za-z]{38}$/;

/** What every key begins with, so that people and secret scanners recognize one. */
const KEY_PREFIX = "agt_";

/**
 * A new secret: `agt_live_` or `agt_test_`, the code of its cell where there are several, 190 random bits, and a checksum
 * over all before it.
 */
export function generateKeySecret(environment: Environment, cell?: string): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => BASE62.charAt(randomInt(BASE62.length))).join(
    "",
  );
  const body = `${KEY_PREFIX}${environment}_${cell === undefined ? "" : `${cell}_`}${random}`;
  return body + checksum(body);
}

/**
 * Whether the text has the form of a key, its checksum included: what was mistyped, cut off or made up is refused
 * without a database read. The checksum is no proof of anything else; the stored hash is.
 */
export function isKeySecret(text: string): boolean {
  return SECRET.test(text) && text.endsWith(checksum(text.slice(0, -CHECKSUM_LENGTH)));
}

/** The code of the cell that a key was made in; undefined for one without a code. */
export function cellOfKey(secret: string): string | undefined {
  return SECRET.exec(secret)?.groups?.cell;
}

/** What lists show of a key: enough to recognize it among its neighbors, far too little to use it. */
export function shownParts(secret: string): { prefix: string; lastFour: string } {
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
