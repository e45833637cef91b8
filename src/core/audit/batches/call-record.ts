import { newId, timeOfId } from "../../platform";
import type { NamedStatement } from "../../platform/db/client";
import { type Column, plain, quoted, valuesOf } from "../../platform/db/rows/columns";
import { type AuditEntry, type CallRecord, storableDetails } from "../record/entry";

export type RecordedCall = Pick<AuditEntry, "actor" | "traceId" | "details"> & { orgId: string };

export function prepareCall({ orgId, actor, traceId, details = {} }: RecordedCall): CallRecord {
  const id = newId();
  return {
    id,
    createdAt: timeOfId(id),
    orgId,
    actorType: actor.type,
    actorId: actor.id,
    traceId: traceId ?? null,
    details: JSON.stringify(storableDetails(details)),
  };
}

/**
 * The text that a call's leaf hash is made of: a JSON array of fixed length and order. Put together by hand, since every call has one:
 * UUIDs and times are theirs by their columns, and need no escapes.
 */
export function callText({ orgId, id, createdAt, actorType, actorId, traceId, details }: CallRecord): string {
  const actor = `${JSON.stringify(actorType)},${actorId === null ? null : `"${actorId}"`}`;
  const rest = `${JSON.stringify(traceId)},${JSON.stringify(details)}`;
  return `["agathaai-audit-call-1","${orgId}","${id}","${createdAt.toISOString()}",${actor},${rest}]`;
}

/** A call of a batch, and the batch's place in its chain. */
export interface PlacedCall {
  call: CallRecord;
  sequence: bigint;
}

const columns: readonly Column<PlacedCall>[] = [
  plain(({ call }) => call.orgId),
  plain(({ call }) => call.id),
  plain(({ sequence }) => sequence),
  plain(({ call }) => call.actorType),
  plain(({ call }) => call.actorId),
  quoted(({ call }) => call.traceId),
  quoted(({ call }) => call.details),
];

/** Goes into the transaction of the calls' batch. */
export function insertCalls(calls: readonly PlacedCall[]): NamedStatement {
  return {
    name: "insert_audit_calls",
    text: `INSERT INTO audit_calls (org_id, created_at, id, sequence, actor_type, actor_id, trace_id, details)
      SELECT org_id, uuid_v7_time(id), id, sequence, actor_type, actor_id, trace_id, details
      FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::text[], $7::text[])
        AS c(org_id, id, sequence, actor_type, actor_id, trace_id, details)`,
    values: valuesOf(columns, calls),
  };
}
