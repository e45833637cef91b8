import { z } from "zod";
import { toPublicId } from "../../platform";
import {
  type ActorType,
  actorPrefixes,
  actorTypes,
  type Details,
  type TargetType,
  targetPrefixes,
} from "../record/entry";
import type { AuditEntryView } from "../schemas";
import type { ChainRow } from "../verify/chain-walk";
import { outcomeOf } from "./outcome";

/** An entry as lists read it. */
export interface EntryRow {
  id: string;
  created_at: Date;
  sequence: bigint;
  actor_type: ActorType;
  actor_id: string | null;
  action: string;
  target_type: TargetType | null;
  target_id: string | null;
  trace_id: string | null;
  details: Details;
}

export function toEntryView(row: EntryRow): AuditEntryView {
  const actorPrefix = actorPrefixes[row.actor_type];
  return {
    id: toPublicId("aud", row.id),
    sequence: Number(row.sequence),
    created_at: row.created_at.toISOString(),
    action: row.action,
    outcome: outcomeOf(row.action, row.details),
    actor: {
      type: row.actor_type,
      id: row.actor_id === null || actorPrefix === undefined ? null : toPublicId(actorPrefix, row.actor_id),
    },
    target:
      row.target_type === null || row.target_id === null
        ? null
        : { type: row.target_type, id: toPublicId(targetPrefixes[row.target_type], row.target_id) },
    request_id: row.trace_id,
    details: row.details,
  };
}

const typed = z.object({
  actorType: z.enum(actorTypes),
  targetType: z.enum(Object.keys(targetPrefixes) as [TargetType, ...TargetType[]]).nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** A row out of an archive object, as lists read those of the table. */
export function toEntryRow(row: ChainRow): EntryRow {
  const { actorType, targetType, details } = typed.parse(row);
  return {
    id: row.id,
    created_at: row.createdAt,
    sequence: row.sequence,
    actor_type: actorType,
    actor_id: row.actorId,
    action: row.action,
    target_type: targetType,
    target_id: row.targetId,
    trace_id: row.traceId,
    details,
  };
}
