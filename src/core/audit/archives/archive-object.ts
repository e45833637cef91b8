import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { decryptBytes, encryptBytes } from "../../platform/crypto/field";
import type { Bytes } from "../../platform/crypto/hash";
import { keyedHash } from "../../platform/crypto/keyed-hash";
import type { Manifest } from "./manifest";

/** What names an object: each chain, week and part has one. */
export type ObjectName = Pick<Manifest, "chainId" | "partition" | "part">;

/** Where an object is. */
export function objectOf({ chainId, partition, part }: ObjectName): string {
  return `${archivesPrefix}${chainId}/${partition}-${String(part).padStart(5, "0")}.jsonl.gz.enc`;
}

export const archivesPrefix = "audit/archives/";

/**
 * The object's bytes: lines of JSON, compressed, then encrypted and bound to its name. Its key is derived from `DERIVATION_KEY`, as those
 * of the chains are: no organization's key, because a chain must stay verifiable when its organization was erased (ADR 100).
 */
export async function pack(name: ObjectName, lines: readonly string[], secret?: Uint8Array): Promise<Bytes> {
  const text = lines.map((line) => `${line}\n`).join("");
  return encryptBytes(keyOf(name, secret), await promisify(gzip)(text), purposeOf(name));
}

/** @throws AppError `internal_error` when the object was changed, swapped or cut. */
export async function unpack(name: ObjectName, body: Uint8Array, secret?: Uint8Array): Promise<string[]> {
  const compressed = decryptBytes(keyOf(name, secret), body, purposeOf(name));
  const text = (await promisify(gunzip)(compressed)).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

function keyOf(name: ObjectName, secret?: Uint8Array): Bytes {
  return keyedHash(`audit-archive-key:1:${purposeOf(name)}`, secret);
}

const purposeOf = (name: ObjectName) => `audit_archives:${name.chainId}:${name.partition}:${name.part}`;
