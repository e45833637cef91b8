import { lastSequence } from "../audit";
import type { DbOrTx } from "../platform";
import type { StreamView } from "./schemas";

export interface StreamRow {
  orgId: string;
  kind: string;
  target: string;
  ca: string | null;
  cursor: bigint;
  failures: number;
  lastError: string | null;
  nextAttemptAt: Date;
  failingSince: Date | null;
  pausedAt: Date | null;
  deliveredAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** How a stream stands. Without the plan it is paused, whatever else. */
export async function viewOf(
  db: DbOrTx,
  row: StreamRow,
  { entitled }: { entitled: boolean },
): Promise<StreamView> {
  const last = await lastSequence(db, row.orgId);
  const pausedBecause = !entitled ? "plan" : row.pausedAt !== null ? "customer" : null;
  const failing = row.failures > 0;
  return {
    kind: row.kind === "syslog" ? "syslog" : "webhook",
    target: row.target,
    has_ca: row.ca !== null,
    status: pausedBecause !== null ? "paused" : failing ? "failing" : "active",
    paused_because: pausedBecause,
    delivered_sequence: Number(row.cursor),
    last_sequence: Number(last),
    entries_behind: last > row.cursor ? Number(last - row.cursor) : 0,
    delivered_at: row.deliveredAt?.toISOString() ?? null,
    failures: row.failures,
    failing_since: row.failingSince?.toISOString() ?? null,
    last_error: row.lastError,
    next_attempt_at: failing && pausedBecause === null ? row.nextAttemptAt.toISOString() : null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** Without path: it may contain a token. */
export function hostOf({ kind, target }: { kind: string; target: string }): string {
  return kind === "webhook" ? new URL(target).host : target;
}
