import type { AuditAction } from "../../../shared/audit-actions";
import type { DbOrTx, EnvironmentChoice } from "../../platform";
import { Prisma } from "../../platform/db/client";
import type { Bounds } from "../../platform/list";
import { isBatch } from "../batches/batch";
import type { AuditFilter } from "../schemas";
import type { EntryRow } from "./entry-view";
import { environmentSql, filterSql, selectionOf, withoutCalls } from "./filter";

export interface ReadOptions {
  orgId: string;
  environment: EnvironmentChoice;
  filter: AuditFilter;
}

/** Where entries and calls are: in the tables, or rows out of archive objects in their place. */
export interface EntrySources {
  logs: Prisma.Sql;
  /** With the columns of entries. */
  calls: Prisma.Sql;
}

const columns = Prisma.sql`id, created_at, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details`;

/** Calls that are in batches, as entries: each has the sequence of its batch. */
export function callsAsEntries(calls: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
  SELECT id, created_at, org_id, sequence, actor_type, actor_id, 'api.request' AS action, NULL::text AS target_type, NULL::uuid AS target_id,
    trace_id, details::jsonb AS details
  FROM ${calls}) c`;
}

/** One page of what a filter selects of an organization's log. */
export async function readEntries(db: DbOrTx, options: ReadOptions, bounds: Bounds): Promise<EntryRow[]> {
  return await db.$queryRaw<EntryRow[]>(pageSql(options, bounds, columns));
}

/** How many entries a filter selects, counted up to `take`. */
export async function countEntries(db: DbOrTx, options: ReadOptions, bounds: Bounds): Promise<number> {
  const page = pageSql(options, bounds, Prisma.sql`id, created_at`);
  const [row] = await db.$queryRaw<{ entries: bigint }[]>`SELECT count(*) AS entries FROM (${page}) p`;
  return Number(row?.entries ?? 0n);
}

/** Exported so that a test can ask the planner about it. */
export function pageSql(
  { orgId, environment, filter }: ReadOptions,
  { andSql, directionSql, take }: Pick<Bounds, "andSql" | "directionSql" | "take">,
  shown: Prisma.Sql = columns,
  { logs, calls: callsSource }: EntrySources = tables,
): Prisma.Sql {
  const { actions, calls } = selectionOf(filter);
  const order = Prisma.sql`ORDER BY created_at ${directionSql}, id ${directionSql} LIMIT ${take}::int`;
  const pageOf = (source: Prisma.Sql, more: Prisma.Sql) => Prisma.sql`(
    SELECT ${shown} FROM ${source}
    WHERE org_id = ${orgId}::uuid ${environmentSql(environment)} ${andSql} ${filterSql(filter)} ${more}
    ${order})`;
  const parts =
    actions === undefined ? [pageOf(logs, ofEvents(calls))] : [...byAction(actions, logs, pageOf)];
  if (calls) parts.push(pageOf(callsSource, Prisma.empty));
  if (parts.length === 0) return Prisma.sql`SELECT ${shown} FROM ${logs} WHERE false`;
  return Prisma.sql`SELECT * FROM (${Prisma.join(parts, " UNION ALL ")}) p ${order}`;
}

const tables: EntrySources = {
  logs: Prisma.sql`audit_logs`,
  calls: callsAsEntries(Prisma.sql`audit_calls`),
};

/** Calls from before there were batches are entries of their own. */
function ofEvents(withCalls: boolean): Prisma.Sql {
  return withCalls ? Prisma.sql`AND action NOT IN ('api.requests_recorded', 'usage.recorded')` : withoutCalls;
}

type PageOf = (source: Prisma.Sql, more: Prisma.Sql) => Prisma.Sql;

/** Literals where an index holds that action alone. */
function* byAction(actions: readonly AuditAction[], logs: Prisma.Sql, pageOf: PageOf): Generator<Prisma.Sql> {
  const named = actions.filter((action) => action !== "api.request" && !isBatch(action));
  if (named.length > 0) {
    const one = pageOf(logs, Prisma.sql`AND action = wanted ${withoutCalls}`);
    yield Prisma.sql`(SELECT e.* FROM unnest(${named}::text[]) AS w(wanted) CROSS JOIN LATERAL ${one} e)`;
  }
  if (actions.includes("api.request")) yield pageOf(logs, Prisma.sql`AND action = 'api.request'`);
  if (actions.includes("usage.recorded")) yield pageOf(logs, Prisma.sql`AND action = 'usage.recorded'`);
  if (actions.includes("api.requests_recorded"))
    yield pageOf(logs, Prisma.sql`AND action = 'api.requests_recorded'`);
}
