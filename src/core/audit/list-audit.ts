import { type DbOrTx, type EnvironmentChoice, type IdPrefix, type Reach, toPublicId } from "../platform";
import { Prisma } from "../platform/db/client";
import { readPage, withOldCreated } from "../platform/list";
import { isBatch } from "./batches/batch";
import { type ActorType, type Details, type TargetType, targetPrefixes } from "./record/entry";
import { recordOperatorReads } from "./record/record-audit";
import type {
  AuditEntryView,
  AuditList,
  ListAuditInput,
  ListOperatorAuditInput,
  OperatorAuditList,
} from "./schemas";

interface Row {
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

/** Calls that are in batches, as entries: each has the sequence of its batch. */
const calls = Prisma.sql`(
  SELECT id, created_at, org_id, sequence, actor_type, actor_id, 'api.request' AS action, NULL::text AS target_type, NULL::uuid AS target_id,
    trace_id, details::jsonb AS details
  FROM audit_calls) c`;

/**
 * An organization's log, newest first. An API key sees the entries of its own environment only.
 * @throws AppError `invalid_cursor`.
 */
export async function listAudit(
  db: DbOrTx,
  { orgId, environment, ...input }: ListAuditInput & Reach,
): Promise<AuditList> {
  const { limit, cursor, order, created, ...filter } = withOldCreated(input);
  const scope = { list: "audit", owner: orgId, filter: { ...filter, environment } };
  const { rows, next_cursor } = await readPage(
    scope,
    { limit, cursor, order, created },
    ({ andSql, directionSql, take }) => {
      const pageOf = (source: Prisma.Sql) => Prisma.sql`(
          SELECT id, created_at, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details
          FROM ${source}
          WHERE org_id = ${orgId}::uuid ${environmentSql(environment)} ${andSql} ${filterSql(filter)}
          ORDER BY created_at ${directionSql}, id ${directionSql}
          LIMIT ${take}::int)`;
      if (!showsCalls(filter)) return db.$queryRaw<Row[]>(pageOf(Prisma.sql`audit_logs`));
      return db.$queryRaw<Row[]>`
          ${pageOf(Prisma.sql`audit_logs`)} UNION ALL ${pageOf(calls)}
          ORDER BY created_at ${directionSql}, id ${directionSql}
          LIMIT ${take}::int`;
    },
  );
  return { data: rows.map(toView), next_cursor };
}

/** An organization's log for an operator; the read is itself recorded in it. @throws AppError `invalid_cursor`. */
export async function listAuditAsOperator(
  db: DbOrTx,
  { operatorId, ...input }: ListAuditInput & { orgId: string; operatorId: string },
): Promise<AuditList> {
  const list = await listAudit(db, { ...input, environment: "all" });
  await recordOperatorReads({ operatorId, action: "operator.audit_read" }, [{ orgId: input.orgId }]);
  return list;
}

/**
 * Actions of operators in all chains, newest first; the read is itself recorded. Entries of lists are left out, because
 * one entry per listed customer would hide the rest.
 * @throws AppError `invalid_cursor`.
 */
export async function listOperatorAudit(
  db: DbOrTx,
  { operatorId, input: query }: { operatorId: string; input: ListOperatorAuditInput },
): Promise<OperatorAuditList> {
  const scope = { list: "operator-audit", owner: "operators" };
  const { rows, next_cursor } = await readPage(
    scope,
    query,
    ({ andSql, directionSql, take }) =>
      db.$queryRaw<(Row & { org_id: string | null })[]>`
      SELECT id, created_at, org_id, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details
      FROM audit_logs
      WHERE actor_type = 'operator' AND action NOT IN ('operator.organization_listed', 'operator.inquiry_listed', 'operator.incident_listed')
        ${andSql}
      ORDER BY created_at ${directionSql}, id ${directionSql}
      LIMIT ${take}::int`,
  );
  await recordOperatorReads({ operatorId, action: "operator.audit_read" }, [{ orgId: null }]);
  const data = rows.map((row) => ({
    ...toView(row),
    organization_id: row.org_id === null ? null : toPublicId("org", row.org_id),
  }));
  return { data, next_cursor };
}

/**
 * Leaves out entries by or about a key of the other environment. An entry about a request does not say the request's
 * environment, so of those a key reads only what keys of its own environment did. Batches hold records of both environments.
 */
function environmentSql(environment: EnvironmentChoice): Prisma.Sql {
  if (environment === "all") return Prisma.empty;
  return Prisma.sql`
    AND NOT EXISTS (
      SELECT FROM api_keys k
      WHERE k.id IN (actor_id, target_id) AND k.environment <> ${environment}::environment
    )
    AND (target_type IS DISTINCT FROM 'inference' OR actor_type = 'key')
    AND action NOT IN ('api.requests_recorded', 'usage.recorded')`;
}

type Filter = Pick<ListAuditInput, "action" | "actor" | "requests">;

function showsCalls({ action, requests }: Filter): boolean {
  return action === undefined ? requests : action === "api.request";
}

/** Batches are shown where they are asked for; otherwise the calls that are in them stand in their place. */
function filterSql({ action, actor, requests }: Filter): Prisma.Sql {
  // Explicit, so that the partial index without calls can be used.
  const events = action === undefined ? !requests : action !== "api.request" && !isBatch(action);
  const unnamed = action === undefined && requests;
  return Prisma.join(
    [
      events
        ? Prisma.sql`AND action NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded')`
        : Prisma.empty,
      unnamed ? Prisma.sql`AND action NOT IN ('api.requests_recorded', 'usage.recorded')` : Prisma.empty,
      action === undefined ? Prisma.empty : Prisma.sql`AND action = ${action}`,
      actor === undefined ? Prisma.empty : Prisma.sql`AND actor_id = ${actor}::uuid`,
    ],
    " ",
  );
}

/** A chain's entries after one of them, in its order, for a reader that goes on where it stopped. */
export async function readEntriesAfter(
  db: DbOrTx,
  { orgId, after, limit }: { orgId: string; after: bigint; limit: number },
): Promise<AuditEntryView[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, created_at, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details
    FROM audit_logs WHERE org_id = ${orgId}::uuid AND sequence > ${after}::bigint
    ORDER BY sequence LIMIT ${limit}::int`;
  return rows.map(toView);
}

/** The sequence of a chain's last entry; 0 before the first. */
export async function lastSequence(db: DbOrTx, orgId: string): Promise<bigint> {
  const [row] = await db.$queryRaw<{ sequence: bigint }[]>`
    SELECT sequence FROM audit_logs WHERE org_id = ${orgId}::uuid ORDER BY sequence DESC LIMIT 1`;
  return row?.sequence ?? 0n;
}

const actorPrefixes: Partial<Record<ActorType, IdPrefix>> = { user: "usr", operator: "usr", key: "key" };

function toView(row: Row): AuditEntryView {
  const actorPrefix = actorPrefixes[row.actor_type];
  return {
    id: toPublicId("aud", row.id),
    sequence: Number(row.sequence),
    created_at: row.created_at.toISOString(),
    action: row.action,
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
