import type { Environment } from "../../platform";
import { checkedSecret, endsWithChecksum, partsShown } from "../../platform/crypto/checked-secret";

/** Random part and checksum have no underscore, so what stands before one can only be the code of a cell. */
const SECRET = /^agt_(?:live|test)_(?:(?<cell>[a-z][a-z0-9]{1,7})_)?[0-9A-Za-z]{38}$/;

/** What every key begins with, so that people and secret scanners recognize one. */
const KEY_PREFIX = "agt_";

/**
 * A new secret: `agt_live_` or `agt_test_`, the code of its cell where there are several, 190 random bits, and a checksum
 * over all before it.
 */
export function generateKeySecret(environment: Environment, cell?: string): string {
  return checkedSecret(`${KEY_PREFIX}${environment}_${cell === undefined ? "" : `${cell}_`}`);
}

/**
 * Whether the text has the form of a key, its checksum included: what was mistyped, cut off or made up is refused
 * without a database read.
 */
export function isKeySecret(text: string): boolean {
  return SECRET.test(text) && endsWithChecksum(text);
}

/** The code of the cell that a key was made in; undefined for one without a code. */
export function cellOfKey(secret: string): string | undefined {
  return SECRET.exec(secret)?.groups?.cell;
}

/** What lists show of a key: enough to recognize it among its neighbors, far too little to use it. */
export function shownParts(secret: string): { prefix: string; lastFour: string } {
  return partsShown(secret);
}
