import { TypeID } from "typeid-js";
import { v7 } from "uuid";
import { z } from "zod";
import { sha256 } from "../crypto/hash";
import { fillRandom } from "../crypto/random-pool";
import { AppError } from "../errors";
import { nextUuidV7, nextUuidV7Digits } from "./uuid-v7";

/** The prefixes of public ids (TypeID: a UUIDv7 in Crockford base32 after its kind). */
export const idPrefixes = {
  usr: "user",
  org: "organization",
  key: "API key",
  pky: "provider key",
  inf: "inference request",
  ses: "session",
  sgn: "sign-in",
  cst: "consent",
  psk: "passkey",
  inv: "invitation",
  dom: "domain",
  con: "company connection",
  dtk: "directory token",
  dus: "person of a directory",
  dgr: "group of a directory",
  rol: "custom role",
  app: "app",
  agr: "grant of an app",
  sva: "service account",
  whe: "webhook endpoint",
  whd: "webhook delivery",
  evt: "event",
  aud: "audit entry",
  ovr: "plan override",
  inq: "inquiry",
  bin: "billing incident",
  exp: "export",
  ntc: "status notice",
  upd: "status update",
  sub: "status subscriber",
} as const;

export type IdPrefix = keyof typeof idPrefixes;

/** A new UUIDv7 (RFC 9562 §5.7): sorts by time and carries its millisecond. */
export function newId(at?: Date): string {
  return at ? v7({ msecs: at.getTime(), random: fillRandom(new Uint8Array(16)) }) : nextUuidV7();
}

/** The same id for the same moment and seed, for what must happen once however often it is tried. */
export function stableId(at: Date, seed: string): string {
  return v7({ msecs: at.getTime(), seq: 0, random: sha256(seed).subarray(0, 16) });
}

/** The id of one request, ordered by time; customers quote it to support. Ids from outside are never used. */
export function newRequestId(): string {
  return `req_${nextUuidV7Digits()}`;
}

/** The lowest id of this millisecond, to turn a time range into an id range. */
export function lowestIdAt(at: Date): string {
  return v7({ msecs: at.getTime(), seq: 0, random: new Uint8Array(16) });
}

/** The millisecond inside a UUIDv7, which also tells the partition of its row. */
export function timeOfId(uuid: string): Date {
  return new Date(millisecondOfId(uuid));
}

/** The same as a number. */
export function millisecondOfId(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8), 16) * 0x1_0000 + Number.parseInt(uuid.slice(9, 13), 16);
}

export function toPublicId(prefix: IdPrefix, uuid: string): string {
  return `${prefix}_${base32(uuid) ?? TypeID.fromUUID(prefix, uuid).getSuffix()}`;
}

const CROCKFORD = Buffer.from("0123456789abcdefghjkmnpqrstvwxyz");
const SUFFIX = 26;
const suffix = Buffer.alloc(SUFFIX);

/** The 128 bits of a UUID behind two zero bits, five a character. By hand: the library's way took a percent of a call. */
function base32(uuid: string): string | undefined {
  if (uuid.length !== 36) return undefined;
  let [bits, count, end] = [0, 2, 0];
  for (let index = 0; index < uuid.length; index++) {
    const code = uuid.charCodeAt(index);
    if (code === 45) continue;
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    if (digit === -1) return undefined;
    bits = (bits << 4) | digit;
    count += 4;
    if (count < 5) continue;
    count -= 5;
    suffix[end++] = CROCKFORD[bits >>> count] ?? 0;
    bits &= (1 << count) - 1;
  }
  return end === SUFFIX ? suffix.toString("latin1") : undefined;
}

/** @throws AppError `invalid_id` when the text is not an id of this kind. */
export function fromPublicId(prefix: IdPrefix, text: string, param = "id"): string {
  const uuid = decode(prefix, text);
  if (uuid === undefined) {
    throw new AppError("invalid_id", { public: invalidIdMessage(prefix), param });
  }
  return uuid;
}

/** A Zod schema that turns a public id into the column's UUID. */
export function publicId(prefix: IdPrefix) {
  return z.string().transform((text, context) => {
    const uuid = decode(prefix, text);
    if (uuid !== undefined) return uuid;
    context.issues.push({
      code: "custom",
      message: invalidIdMessage(prefix),
      input: text,
      params: { appCode: "invalid_id" },
    });
    return z.NEVER;
  });
}

function decode(prefix: IdPrefix, text: string): string | undefined {
  if (text.length !== prefix.length + 27 || !text.startsWith(`${prefix}_`)) return undefined;
  try {
    const uuid = TypeID.fromString(text, prefix).toUUID();
    return uuid[14] === "7" ? uuid : undefined;
  } catch {
    return undefined;
  }
}

function invalidIdMessage(prefix: IdPrefix): string {
  return `This is not the ID of ${/^[aeiouA]/.test(idPrefixes[prefix]) ? "an" : "a"} ${idPrefixes[prefix]}. Such IDs look like "${prefix}_01h…".`;
}
