import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { decryptBytes, encryptBytes } from "../../../platform/crypto/field";
import type { Bytes } from "../../../platform/crypto/hash";
import { derivationKeys, keyedHash, type Secrets } from "../../../platform/crypto/keyed-hash";
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
export async function pack(name: ObjectName, lines: readonly string[], secrets?: Secrets): Promise<Bytes> {
  const text = lines.map((line) => `${line}\n`).join("");
  const [secret] = derivationKeys(secrets);
  return encryptBytes(keyOf(name, secret), await promisify(gzip)(text), purposeOf(name));
}

/** @throws AppError `internal_error` when the object was changed, swapped or cut. */
export async function unpack(name: ObjectName, body: Uint8Array, secrets?: Secrets): Promise<string[]> {
  const compressed = decrypted(name, body, derivationKeys(secrets));
  const text = (await promisify(gunzip)(compressed)).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

/** An object stays as it was written: it opens with the key of then. */
function decrypted(name: ObjectName, body: Uint8Array, [secret, ...earlier]: readonly Uint8Array[]): Bytes {
  try {
    return decryptBytes(keyOf(name, secret), body, purposeOf(name));
  } catch (error) {
    if (earlier.length === 0) throw error;
    return decrypted(name, body, earlier);
  }
}

function keyOf(name: ObjectName, secret?: Uint8Array): Bytes {
  return keyedHash(`audit-archive-key:1:${purposeOf(name)}`, secret);
}

const purposeOf = (name: ObjectName) => `audit_archives:${name.chainId}:${name.partition}:${name.part}`;
