import type { Db } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { Prisma } from "../../platform/db/client";
import { type Bounds, boundsOf, type ListQuery } from "../../platform/list";
import type { PlacedCallRow } from "../archives/objects/archived-rows";
import { type Manifest, readMoved, weekOf } from "../archives/objects/manifest";
import { type ArchiveReader, openCalls, openEntries } from "../archives/objects/open-archive";
import type { ChainRow } from "../verify/chain-walk";
import type { EntryRow } from "./entry-view";
import { selectionOf } from "./filter";
import { callsAsEntries, pageSql, type ReadOptions } from "./read-entries";

export interface ArchivedSelection extends ReadOptions {
  order: ListQuery["order"];
  created: ListQuery["created"];
}

/** The weeks of an organization that were moved and may hold what is selected, each with its objects, in the order asked for. */
export async function movedWeeks(
  db: Db,
  { orgId, filter, order, created }: ArchivedSelection,
): Promise<Manifest[][]> {
  const from = created?.gte === undefined ? undefined : new Date(created.gte);
  const to = created?.lt === undefined ? undefined : new Date(created.lt);
  const weeks = new Map<string, Manifest[]>();
  const sources = selectionOf(filter).calls
    ? (["audit_logs", "audit_calls"] as const)
    : (["audit_logs"] as const);
  for (const source of sources)
    for (const manifest of await readMoved(db, { chain: orgId, source, from, to })) {
      const week = weekOf(manifest.partition);
      weeks.set(week, [...(weeks.get(week) ?? []), manifest]);
    }
  const inOrder = [...weeks].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, objects]) => objects);
  return order === "asc" ? inOrder : inOrder.reverse();
}

/** What is selected of one moved week, in the order asked for; not all once it is more than `most`. @throws ArchiveFault; AppError `service_unavailable`. */
export async function selectFromWeek(
  db: Db,
  objects: readonly Manifest[],
  selection: ArchivedSelection,
  reader: ArchiveReader,
  most = Number.POSITIVE_INFINITY,
): Promise<EntryRow[]> {
  const { order, created } = selection;
  const found: EntryRow[] = [];
  for (const manifest of objects) {
    if (found.length > most) break;
    const bounds = boundsOf({ limit: manifest.rows, order, created }, undefined);
    const sources =
      manifest.source === "audit_logs"
        ? recordsOf(await openEntries(manifest, reader), [])
        : recordsOf([], await openCalls(manifest, reader));
    found.push(...(await select(db, selection, bounds, sources)));
  }
  // An entry's ID begins with its time.
  const direction = order === "asc" ? 1 : -1;
  return found.sort((left, right) => (left.id < right.id ? -direction : direction));
}

/**
 * The filters of a list over rows that were read from an object: the same statement, with these rows in place of the tables', so that neither
 * can select what the other does not.
 */
async function select(db: Db, selection: ReadOptions, bounds: Bounds, records: Records): Promise<EntryRow[]> {
  const sources = {
    logs: Prisma.sql`archived_logs`,
    calls: callsAsEntries(Prisma.sql`archived_calls`),
  };
  return await asOrganization(
    db,
    selection.orgId,
    (tx) =>
      tx.$queryRaw<EntryRow[]>`WITH ${recordsSql(records)} ${pageSql(selection, bounds, undefined, sources)}`,
  );
}

export interface Records {
  logs: string;
  calls: string;
}

export function recordsSql({ logs, calls }: Records): Prisma.Sql {
  return Prisma.sql`archived_logs AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${logs}::json) AS r(id uuid, created_at timestamptz, org_id uuid, sequence bigint, actor_type text,
        actor_id uuid, action text, target_type text, target_id uuid, trace_id text, details jsonb)
    ), archived_calls AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${calls}::json) AS r(id uuid, created_at timestamptz, org_id uuid, sequence bigint, actor_type text,
        actor_id uuid, trace_id text, details text)
    )`;
}

/** Without hashes and leaves, which no list shows. */
export function recordsOf(entries: readonly ChainRow[], calls: readonly PlacedCallRow[]): Records {
  const common = (row: ChainRow | PlacedCallRow) => ({
    id: row.id,
    created_at: row.createdAt,
    org_id: row.orgId,
    sequence: String(row.sequence),
    actor_type: row.actorType,
    actor_id: row.actorId,
    trace_id: row.traceId,
    details: row.details,
  });
  return {
    logs: JSON.stringify(
      entries.map((row) => ({
        ...common(row),
        action: row.action,
        target_type: row.targetType,
        target_id: row.targetId,
      })),
    ),
    calls: JSON.stringify(calls.map(common)),
  };
}
