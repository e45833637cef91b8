import { newId, timeOfId } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { derivationKeys } from "../../platform/crypto/keyed-hash";
import { createSigner, type Signer } from "../../platform/crypto/signer";
import type { CallRecord, Details, PreparedEntry } from "../record/entry";
import { HASH_BYTES, inclusionPaths, leafHash, merkleRoot } from "./merkle";

/** The actions of entries that stand for a batch of records. */
export const BATCH_OF_CALLS = "api.requests_recorded";
export const BATCH_OF_LEDGER_ROWS = "usage.recorded";
export type BatchAction = typeof BATCH_OF_CALLS | typeof BATCH_OF_LEDGER_ROWS;

export function isBatch(action: string): action is BatchAction {
  return action === BATCH_OF_CALLS || action === BATCH_OF_LEDGER_ROWS;
}

/** One record of a batch: its ID, and the text that its leaf hash is made of. */
export interface BatchRecord {
  id: string;
  text: string;
}

export interface Leaf {
  id: string;
  hash: Uint8Array;
}

/** A batch of an organization's records, at least one, whose root is still to be signed, so that it can be held against us without a secret. */
export interface BatchDraft {
  id: string;
  orgId: string;
  action: BatchAction;
  count: number;
  root: string;
  firstAndLast: Pick<Details, "first" | "last">;
  leaves: readonly Leaf[];
  calls: readonly CallRecord[] | undefined;
}

export function draftBatch(
  orgId: string,
  action: BatchAction,
  records: readonly BatchRecord[],
  calls?: readonly CallRecord[],
): BatchDraft {
  const leaves = records.map((record) => ({ id: record.id, hash: leafHash(record.text) }));
  const root = Buffer.from(merkleRoot(leaves.map(({ hash }) => hash))).toString("hex");
  const ids = records.map((record) => record.id).sort();
  const firstAndLast = { first: ids.at(0) ?? null, last: ids.at(-1) ?? null };
  return { id: newId(), orgId, action, count: records.length, root, firstAndLast, leaves, calls };
}

/** The entry of a batch with a signature of its own. */
export function signBatch(draft: BatchDraft): PreparedEntry {
  return entryOf(draft, { signature: signed(batchStatement(draft)) });
}

/**
 * The entries of batches that are written together, under one signature: over the Merkle root of what is said of each. A signature costs as
 * much as eight calls, and a process has a batch of every busy organization four times a second. Each says its place and the way to that root.
 */
export function signTogether(drafts: readonly BatchDraft[]): PreparedEntry[] {
  if (drafts.length === 0) return [];
  const statements = drafts.map((draft) => leafHash(batchStatement(draft)));
  const paths = inclusionPaths(statements);
  const root = Buffer.from(merkleRoot(statements)).toString("hex");
  const signature = signed(togetherStatement(drafts.length, root));
  return drafts.map((draft, index) =>
    entryOf(draft, {
      batches: drafts.length,
      index,
      path: Buffer.concat(paths[index] ?? []).toString("base64url"),
      signature,
    }),
  );
}

function entryOf(draft: BatchDraft, signature: Details): PreparedEntry {
  const { id, orgId, action, count, root, firstAndLast, leaves, calls } = draft;
  return {
    id,
    createdAt: timeOfId(id),
    orgId,
    actorType: "system",
    actorId: null,
    action,
    targetType: null,
    targetId: null,
    traceId: null,
    details: { count, ...firstAndLast, root, ...signature },
    leaves: packLeaves(leaves),
    calls,
  };
}

function signed(text: string): string {
  return Buffer.from(signer().sign(text)).toString("base64url");
}

/** The text that is signed for batches that are written together. */
function togetherStatement(batches: number, root: string): string {
  return JSON.stringify(["agathaai-audit-batches-1", batches, root]);
}

/** The text that is signed when a batch is made. */
export function batchStatement(batch: {
  id: string;
  orgId: string;
  action: BatchAction;
  count: number;
  root: string;
}): string {
  return JSON.stringify([
    "agathaai-audit-batch-1",
    batch.orgId,
    batch.id,
    batch.action,
    batch.count,
    batch.root,
  ]);
}

let made: Signer | undefined;

export function signer(): Signer {
  made ??= createSigner("audit-batch");
  return made;
}

/** The signer of an entry that may be of before the derivation key was replaced: who checks it has one public key for all of it. */
export function signerOf(text: string, signature: string): Signer {
  const by = signer().signedBy(text, Buffer.from(signature, "base64url")) ?? 0;
  const [key, ...before] = derivationKeys().slice(by);
  return by === 0 || key === undefined ? signer() : createSigner("audit-batch", [key, ...before]);
}

const ID_BYTES = 16;
const LEAF_BYTES = ID_BYTES + HASH_BYTES;

/** As the column `leaves` holds them: ID and hash of each record, one behind the other. */
function packLeaves(leaves: readonly Leaf[]): Bytes {
  const packed = new Uint8Array(leaves.length * LEAF_BYTES);
  for (const [index, { id, hash }] of leaves.entries()) {
    packed.set(Buffer.from(id.replaceAll("-", ""), "hex"), index * LEAF_BYTES);
    packed.set(hash, index * LEAF_BYTES + ID_BYTES);
  }
  return packed;
}

/** Undefined where these are no leaves of ours. */
export function unpackLeaves(packed: Uint8Array): Leaf[] | undefined {
  if (packed.length === 0 || packed.length % LEAF_BYTES !== 0) return undefined;
  return Array.from({ length: packed.length / LEAF_BYTES }, (_, index) => {
    const at = index * LEAF_BYTES;
    const hex = Buffer.from(packed.subarray(at, at + ID_BYTES)).toString("hex");
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    return { id, hash: packed.subarray(at + ID_BYTES, at + LEAF_BYTES) };
  });
}
