import type { Tx } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import type { NamedStatement } from "../../platform/db/client";
import { insertCalls } from "../batches/call-record";
import { chainHash, chainOf } from "./chain-hash";
import { type AuditEntry, type PreparedEntry, prepareEntry } from "./entry";

interface Head {
  sequence: bigint;
  hash: Bytes;
}

/** The transaction that entries are written in: Prisma's, or one of bare `pg` where they are many. */
export interface Statements {
  query<Row extends object>(statement: NamedStatement): Promise<Row[]>;
}

export function statementsOf(tx: Tx): Statements {
  return { query: ({ text, values }) => tx.$queryRawUnsafe(text, ...values) };
}

/**
 * Writes entries in the transaction of the change they record: both commit, or neither. Call it last in the transaction,
 * because it locks the organization's chain until the commit.
 */
export async function recordAuditIn(tx: Tx, ...entries: AuditEntry[]): Promise<void> {
  await appendEntries(statementsOf(tx), entries.map(prepareEntry));
}

interface AppendOptions {
  /** The outcome of an earlier attempt is unknown: rows that exist already are skipped. */
  mayExist?: boolean;
}

/**
 * Appends the entries, in their order, to their chains, and the calls of batches beside them. Heads are locked in the order of their names
 * and nothing is locked after them, so any number of processes can append without gaps or deadlocks. Both steps are database functions,
 * because the application's role may append and nothing else (ADR 0022). Must come last in its transaction.
 */
export async function appendEntries(
  tx: Statements,
  entries: readonly PreparedEntry[],
  { mayExist = false }: AppendOptions = {},
): Promise<void> {
  const heads = await lockHeads(tx, new Set(entries.map(({ orgId }) => chainOf(orgId))));
  // After the heads are locked, the earlier attempt has either committed or rolled back.
  const existing = mayExist ? await findExisting(tx, entries) : undefined;
  const fresh = existing === undefined ? entries : entries.filter(({ id }) => !existing.has(id));
  if (fresh.length === 0) return;
  const rows = fresh.map((entry) => {
    const head = heads.get(chainOf(entry.orgId));
    if (head === undefined) throw new Error("a chain's head was not locked");
    const row = { ...entry, sequence: head.sequence + 1n, prevHash: head.hash };
    head.sequence = row.sequence;
    head.hash = chainHash(row);
    return { ...row, hash: head.hash };
  });
  await tx.query({
    name: "append_audit_entries",
    text: "SELECT audit_append($1::json)",
    values: [JSON.stringify(rows.map(toJson))],
  });
  const calls = rows.flatMap(({ calls = [], sequence }) => calls.map((call) => ({ call, sequence })));
  if (calls.length > 0) await tx.query(insertCalls(calls));
}

/** Creates missing heads and locks all of them, in the order of their names. */
async function lockHeads(tx: Statements, chains: ReadonlySet<string>): Promise<Map<string, Head>> {
  const rows = await tx.query<{ chain_id: string; sequence: string; hash: string }>({
    name: "lock_audit_heads",
    text: "SELECT chain_id, sequence::text, encode(hash, 'hex') AS hash FROM audit_lock_heads($1::text[])",
    values: [[...chains]],
  });
  return new Map(
    rows.map(({ chain_id: chain, sequence, hash }) => [
      chain,
      { sequence: BigInt(sequence), hash: new Uint8Array(Buffer.from(hash, "hex")) },
    ]),
  );
}

async function findExisting(tx: Statements, entries: readonly PreparedEntry[]): Promise<ReadonlySet<string>> {
  const times = entries.map(({ createdAt }) => createdAt.getTime());
  const rows = await tx.query<{ id: string }>({
    name: "find_audit_entries",
    text: `SELECT id::text FROM audit_logs
      WHERE id = ANY($1::uuid[]) AND created_at BETWEEN $2::text::timestamptz AND $3::text::timestamptz`,
    values: [
      entries.map(({ id }) => id),
      new Date(Math.min(...times)).toISOString(),
      new Date(Math.max(...times)).toISOString(),
    ],
  });
  return new Set(rows.map(({ id }) => id));
}

function toJson(row: PreparedEntry & { sequence: bigint; prevHash: Bytes; hash: Bytes }) {
  return {
    id: row.id,
    created_at: row.createdAt,
    org_id: row.orgId,
    sequence: row.sequence.toString(),
    actor_type: row.actorType,
    actor_id: row.actorId,
    action: row.action,
    target_type: row.targetType,
    target_id: row.targetId,
    trace_id: row.traceId,
    details: row.details,
    prev_hash: base64(row.prevHash),
    hash: base64(row.hash),
    leaves: row.leaves === undefined ? null : base64(row.leaves),
  };
}

function base64(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
