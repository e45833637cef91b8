import { z } from "zod";
import { type Bytes, sha256 } from "../../../platform/crypto/hash";
import { actorTypes, type CallRecord } from "../../record/entry";
import type { ChainRow } from "../../verify/chain-walk";

/** An API call, and the entry of its batch. */
export type PlacedCallRow = CallRecord & { sequence: bigint };

const time = z.iso.datetime().transform((text) => new Date(text));
const sequence = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));
const bytes = z.base64().transform((text): Bytes => new Uint8Array(Buffer.from(text, "base64")));

/** A line of an object with entries: a row of `audit_logs`. */
const entrySchema = z
  .strictObject({
    id: z.string(),
    created_at: time,
    org_id: z.string().nullable(),
    sequence,
    actor_type: z.string(),
    actor_id: z.string().nullable(),
    action: z.string(),
    target_type: z.string().nullable(),
    target_id: z.string().nullable(),
    trace_id: z.string().nullable(),
    details: z.unknown(),
    prev_hash: bytes,
    hash: bytes,
    leaves: bytes.nullable(),
  })
  .transform(
    (line): ChainRow => ({
      id: line.id,
      createdAt: line.created_at,
      orgId: line.org_id,
      sequence: line.sequence,
      actorType: line.actor_type,
      actorId: line.actor_id,
      action: line.action,
      targetType: line.target_type,
      targetId: line.target_id,
      traceId: line.trace_id,
      details: line.details,
      prevHash: line.prev_hash,
      hash: line.hash,
      leaves: line.leaves,
    }),
  );

/** A line of an object with calls: a row of `audit_calls`. */
const callSchema = z
  .strictObject({
    id: z.string(),
    created_at: time,
    org_id: z.string(),
    sequence,
    actor_type: z.enum(actorTypes),
    actor_id: z.string().nullable(),
    trace_id: z.string().nullable(),
    details: z.string(),
  })
  .transform(
    (line): PlacedCallRow => ({
      id: line.id,
      createdAt: line.created_at,
      orgId: line.org_id,
      sequence: line.sequence,
      actorType: line.actor_type,
      actorId: line.actor_id,
      traceId: line.trace_id,
      details: line.details,
    }),
  );

export function entryLine(row: ChainRow): string {
  return JSON.stringify({
    id: row.id,
    created_at: row.createdAt,
    org_id: row.orgId,
    sequence: String(row.sequence),
    actor_type: row.actorType,
    actor_id: row.actorId,
    action: row.action,
    target_type: row.targetType,
    target_id: row.targetId,
    trace_id: row.traceId,
    details: row.details,
    prev_hash: base64(row.prevHash),
    hash: base64(row.hash),
    leaves: row.leaves === null ? null : base64(row.leaves),
  });
}

export function callLine(row: PlacedCallRow): string {
  return JSON.stringify({
    id: row.id,
    created_at: row.createdAt,
    org_id: row.orgId,
    sequence: String(row.sequence),
    actor_type: row.actorType,
    actor_id: row.actorId,
    trace_id: row.traceId,
    details: row.details,
  });
}

export function parseEntry(line: string): ChainRow {
  return entrySchema.parse(JSON.parse(line));
}

export function parseCall(line: string): PlacedCallRow {
  return callSchema.parse(JSON.parse(line));
}

/** As the database makes it of the same rows before it drops them (`partitions.drop_archived`). */
export function digestOfEntries(rows: readonly ChainRow[]): Bytes {
  return sha256(Buffer.concat(rows.map(({ hash }) => hash)));
}

/** Likewise. */
export function digestOfCalls(rows: readonly PlacedCallRow[]): Bytes {
  return sha256(
    Buffer.concat(
      rows.flatMap(({ id, details }) => [
        Buffer.from(id.replaceAll("-", ""), "hex"),
        Buffer.from(details, "utf8"),
      ]),
    ),
  );
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString("base64");
}
