import { type AuditAction, type AuditKind, auditActionsOf, auditKinds } from "../../../shared/audit-actions";
import { type Clock, type DbOrTx, systemClock, toPublicId } from "../../platform";
import { type ActorType, actorPrefixes } from "../record/entry";
import { assertListed, periodOf } from "./report-period";
import type { AdminReport, ReportInput } from "./schemas";

/** What people do for themselves, and reads: not what an administrator decides. */
const everyday: ReadonlySet<AuditKind> = new Set<AuditKind>(["auth", "account", "data", "api", "usage"]);

/** The actions that the report has. */
export const deeds: readonly AuditAction[] = auditKinds
  .filter((kind) => !everyday.has(kind))
  .flatMap(auditActionsOf);

interface Row {
  actor_type: ActorType;
  actor_id: string | null;
  action: string;
  times: bigint;
  first_at: Date;
  last_at: Date;
}

/**
 * What admins and our operators did to this organization, by who and what, the latest first: members and roles, keys, policies, billing, and
 * what operators read. @throws AppError `invalid_request`.
 */
export async function adminReport(
  db: DbOrTx,
  { orgId, input }: { orgId: string; input: ReportInput },
  clock: Clock = systemClock,
): Promise<AdminReport> {
  const { from, to } = periodOf(input, clock.now());
  await assertListed(db, from);
  const rows = await db.$queryRaw<Row[]>`
    SELECT actor_type, actor_id, action, count(*) AS times, min(created_at) AS first_at, max(created_at) AS last_at
    FROM audit_logs
    WHERE org_id = ${orgId}::uuid AND action = ANY (${[...deeds]}::text[])
      AND action NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded')
      AND created_at >= ${from.toISOString()}::timestamptz AND created_at < ${to.toISOString()}::timestamptz
    GROUP BY 1, 2, 3
    ORDER BY last_at DESC, action
    LIMIT 1000`;
  const data = rows.map((row) => ({
    actor: { type: row.actor_type, id: actorId(row) },
    action: row.action,
    times: Number(row.times),
    first_at: row.first_at.toISOString(),
    last_at: row.last_at.toISOString(),
  }));
  return { from: from.toISOString(), to: to.toISOString(), data };
}

function actorId({ actor_type: type, actor_id: id }: Row): string | null {
  if (id === null) return null;
  return toPublicId(actorPrefixes[type] ?? "usr", id);
}
