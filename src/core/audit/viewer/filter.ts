import { type AuditAction, auditActionsOf } from "../../../shared/audit-actions";
import type { EnvironmentChoice } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { isBatch } from "../batches/batch";
import type { AuditFilter } from "../schemas";
import { failedActions } from "./outcome";

/** What a filter selects: which of the log's entries, and whether the calls that are in batches. */
export interface Selection {
  /** Undefined for all but batches and calls. */
  actions: readonly AuditAction[] | undefined;
  calls: boolean;
}

const CALL = "api.request";

/**
 * A filter by action, kind or failure names its actions: each is then read by itself in its index, newest first, so that a rare action
 * is found as fast as a frequent one. Batches are shown where they are asked for; otherwise the calls that are in them stand in their place.
 */
export function selectionOf({
  action,
  kind,
  outcome,
  target,
  target_type,
  requests,
}: AuditFilter): Selection {
  let actions: readonly AuditAction[] | undefined;
  if (action !== undefined) actions = [action];
  else if (kind !== undefined) actions = actionsOfKind(kind);
  else if (outcome === "failed") actions = requests ? [...failedActions, CALL] : failedActions;
  if (outcome !== undefined && actions !== undefined) {
    const failed: readonly AuditAction[] = failedActions;
    actions = actions.filter((one) => one === CALL || failed.includes(one) === (outcome === "failed"));
  }
  const calls = actions === undefined ? requests : actions.includes(CALL);
  return {
    actions,
    // No call is about a resource.
    calls: calls && target === undefined && target_type === undefined,
  };
}

function actionsOfKind(kind: string): AuditAction[] {
  const own = auditActionsOf(kind);
  return own.length === 1 ? own : own.filter((action) => !isBatch(action));
}

/** Explicit, so that the partial indices without calls and batches can be used. */
export const withoutCalls = Prisma.sql`AND action NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded')`;

/** Who, what about, and how it ended, for entries and calls alike. */
export function filterSql({ actor, target, target_type, outcome }: AuditFilter): Prisma.Sql {
  const conditions = [
    actor === undefined ? undefined : Prisma.sql`AND actor_id = ${actor}::uuid`,
    target === undefined ? undefined : Prisma.sql`AND target_id = ${target}::uuid`,
    target_type === undefined ? undefined : Prisma.sql`AND target_type = ${target_type}`,
    outcome === undefined ? undefined : outcomeSql(outcome === "failed"),
  ];
  return Prisma.join([Prisma.empty, ...conditions.filter((one) => one !== undefined)], " ");
}

/** Failed actions are chosen by name; of calls, their status says it. */
function outcomeSql(failed: boolean): Prisma.Sql {
  const ofCall = failed
    ? Prisma.sql`(details->>'status')::int >= 400`
    : Prisma.sql`(details->>'status')::int < 400`;
  const ofOther = Prisma.sql`action ${failed ? Prisma.sql`IN` : Prisma.sql`NOT IN`} (${Prisma.join(failedActions)})`;
  return Prisma.sql`AND CASE WHEN action = 'api.request' THEN ${ofCall} ELSE ${ofOther} END`;
}

/**
 * Leaves out entries by or about a key of the other environment. An entry about a request does not say the request's
 * environment, so of those a key reads only what keys of its own environment did. Batches hold records of both environments.
 */
export function environmentSql(environment: EnvironmentChoice): Prisma.Sql {
  if (environment === "all") return Prisma.empty;
  return Prisma.sql`
    AND NOT EXISTS (
      SELECT FROM api_keys k
      WHERE k.id IN (actor_id, target_id) AND k.environment <> ${environment}::environment
    )
    AND (target_type IS DISTINCT FROM 'inference' OR actor_type IN ('key', 'service_account'))
    AND action NOT IN ('api.requests_recorded', 'usage.recorded')`;
}
