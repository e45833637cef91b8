import type { Tx } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { Prisma } from "../../platform/db/client";
import { chainHash, chainOf } from "./chain-hash";
import { type AuditEntry, type PreparedEntry, prepareEntry } from "./entry";

interface Head {
  chain_id: string;
  sequence: bigint;
  hash: Bytes;
}

/**
 * Writes entries in the transaction of the change they record: both commit, or neither. Call it last in the transaction,
 * because it locks the organization's chain until the commit.
 */
export async function recordAuditIn(tx: Tx, ...entries: AuditEntry[]): Promise<void> {
  await appendEntries(tx, entries.map(prepareEntry));
}

interface AppendOptions {
  /** The outcome of an earlier attempt is unknown: rows that exist already are skipped. */
  mayExist?: boolean;
}

/**
 * Appends the entries, in their order, to their chains. Heads are locked in the order of their names and nothing is
 * locked after them, so any number of processes can append without gaps or deadlocks. Both steps are database functions,
 * because the application's role may append and nothing else (ADR 0022). Must come last in its transaction.
 */
export async function appendEntries(
  tx: Tx,
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
    return toJson(row, head.hash);
  });
  await tx.$executeRaw`SELECT audit_append(${JSON.stringify(rows)}::json)`;
}

/** Creates missing heads and locks all of them, in the order of their names. */
async function lockHeads(tx: Tx, chains: ReadonlySet<string>): Promise<Map<string, Head>> {
  const rows = await tx.$queryRaw<Head[]>`
    SELECT chain_id, sequence, hash FROM audit_lock_heads(${[...chains]}::text[])`;
  return new Map(rows.map((head) => [head.chain_id, head]));
}

async function findExisting(tx: Tx, entries: readonly PreparedEntry[]): Promise<ReadonlySet<string>> {
  const times = entries.map(({ createdAt }) => createdAt.getTime());
  const rows = await tx.$queryRaw<{ id: string }[]>(Prisma.sql`
    SELECT id FROM audit_logs
    WHERE id = ANY(${entries.map(({ id }) => id)}::uuid[])
      AND created_at BETWEEN ${new Date(Math.min(...times)).toISOString()}::timestamptz
        AND ${new Date(Math.max(...times)).toISOString()}::timestamptz`);
  return new Set(rows.map(({ id }) => id));
}

function toJson(row: PreparedEntry & { sequence: bigint; prevHash: Bytes }, hash: Bytes) {
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
    hash: base64(hash),
  };
}

function base64(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
