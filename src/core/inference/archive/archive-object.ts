import { randomFillSync } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Db } from "../../platform";
import { decryptBytes, encryptBytes, unreadable } from "../../platform/crypto/field";
import type { Bytes } from "../../platform/crypto/hash";
import { decryptText, encryptText } from "../../privacy";
import { type ArchivedRequest, archivedRequestSchema } from "./archived-request";

/** Where an archive object is. All objects of an organization have one prefix. */
export function objectOf(orgId: string, archiveId: string): string {
  return `${objectsOf(orgId)}${archiveId}.jsonl.gz.enc`;
}

export function objectsOf(orgId: string): string {
  return `request-archives/${orgId}/`;
}

export interface ArchiveRow {
  id: string;
  orgId: string;
  keyCipher: Uint8Array;
}

/** A key for one object, encrypted under the organization's data key. @throws AppError as `encryptText`. */
export async function newObjectKey(
  db: Db,
  { orgId, id }: { orgId: string; id: string },
): Promise<{ key: Uint8Array; keyCipher: Bytes }> {
  const key = randomFillSync(new Uint8Array(32));
  const text = Buffer.from(key).toString("base64");
  return { key, keyCipher: await encryptText(db, { type: "org", id: orgId }, keyField(id), text) };
}

/** The object's bytes: lines of JSON, compressed, then encrypted and bound to its row. */
export async function pack(db: Db, row: ArchiveRow, lines: readonly string[]): Promise<Bytes> {
  const text = lines.map((line) => `${line}\n`).join("");
  return encryptBytes(await keyOf(db, row), await promisify(gzip)(text), purposeOf(row.id));
}

/** @throws AppError `not_found` once erased; `internal_error` when the object was changed, swapped or cut. */
export async function unpack(db: Db, row: ArchiveRow, body: Uint8Array): Promise<string[]> {
  const compressed = decryptBytes(await keyOf(db, row), body, purposeOf(row.id));
  const text = (await promisify(gunzip)(compressed)).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

export function parseLine(line: string): ArchivedRequest {
  const parsed = archivedRequestSchema.safeParse(JSON.parse(line));
  if (!parsed.success) throw unreadable("a line of an archive has another form", parsed.error);
  return parsed.data;
}

async function keyOf(db: Db, { id, orgId, keyCipher }: ArchiveRow): Promise<Uint8Array> {
  return Buffer.from(await decryptText(db, { type: "org", id: orgId }, keyField(id), keyCipher), "base64");
}

const keyField = (id: string) => ({ table: "request_archives", column: "key_cipher", rowId: id });
const purposeOf = (id: string) => `request_archives:${id}`;
