import { MINUTE } from "../platform";
import { decryptBytes, encryptBytes, unreadable } from "../platform/crypto/field";
import type { Bytes } from "../platform/crypto/hash";
import { type KeyService, keyService } from "../platform/crypto/key-service/key-service";
import { DataKeys } from "./data-keys";
import { keyContext, type Subject } from "./subject";

export const KEY_BYTES = 32;
/** A new version encrypts only after this time: by then no process and no transaction knows the versions before alone. */
const SETTLED_MS = 2 * MINUTE;

export const keyColumns = {
  id: true,
  wrappedKey: true,
  kekId: true,
  version: true,
  newestKey: true,
  newestKekId: true,
  earlierKeys: true,
  versionAt: true,
  encryptions: true,
} as const;

/** A row of `data_keys` that was not destroyed. */
export interface KeyRow {
  id: string;
  wrappedKey: Uint8Array;
  kekId: string;
  version: number;
  newestKey: Uint8Array | null;
  newestKekId: string | null;
  earlierKeys: Uint8Array | null;
  versionAt: Date | null;
  encryptions: bigint;
}

/** Which versions a row has, and which of them encrypts: what is in memory of it holds until this changes. */
export function stateOf(row: KeyRow): string {
  return `${row.id}:${row.version}:${writingOf(row)}`;
}

function writingOf({ version, versionAt }: KeyRow): number {
  return versionAt !== null && Date.now() - versionAt.getTime() < SETTLED_MS ? version - 1 : version;
}

export async function unwrapVersions(row: KeyRow, subject: Subject): Promise<DataKeys> {
  const writing = writingOf(row);
  const unused = writing === row.version && row.encryptions === 0n;
  return DataKeys.ofRow(await versionsOf(row, subject), { rowId: row.id, writing, unused });
}

/** All versions of a key, from the first, by one call of the key service: the newest decrypts those before it. */
export async function versionsOf(
  row: KeyRow,
  subject: Subject,
  service: KeyService = keyService(),
): Promise<Bytes[]> {
  const { version, newestKey, newestKekId, earlierKeys } = row;
  if (newestKey === null || newestKekId === null || earlierKeys === null)
    return [await service.unwrap(row.wrappedKey, row.kekId, keyContext(subject))];
  const newest = await service.unwrap(newestKey, newestKekId, keyContext(subject, version));
  const earlier = decryptBytes(newest, earlierKeys, placeOf(row.id, version));
  if (earlier.byteLength !== (version - 1) * KEY_BYTES)
    throw unreadable(`the data key ${row.id} has not as many versions as it says`);
  const before = Array.from({ length: version - 1 }, (_, at) =>
    earlier.slice(at * KEY_BYTES, (at + 1) * KEY_BYTES),
  );
  return [...before, newest];
}

/** What stands beside a new version: all before it, encrypted by it. */
export function encryptEarlier(
  newest: Uint8Array,
  { rowId, version, earlier }: { rowId: string; version: number; earlier: readonly Uint8Array[] },
): Bytes {
  return encryptBytes(newest, Buffer.concat(earlier), placeOf(rowId, version));
}

const placeOf = (rowId: string, version: number) => `data_keys.earlier_keys:${rowId}:${version}`;
