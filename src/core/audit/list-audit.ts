import { type DbOrTx, type Reach, toPublicId } from "../platform";
import { readPage, withOldCreated } from "../platform/list";
import { evidenceStorage, type Storage } from "../platform/storage";
import { entriesOf } from "./archives/archived-chain";
import { reachesBackTo, readMoved } from "./archives/objects/manifest";
import { recordOperatorReads } from "./record/record-audit";
import type {
  AuditEntryView,
  AuditList,
  ListAuditInput,
  ListOperatorAuditInput,
  OperatorAuditList,
} from "./schemas";
import { type EntryRow, toEntryRow, toEntryView } from "./viewer/entry-view";
import { readEntries } from "./viewer/read-entries";

/**
 * An organization's log, newest first, as far back as it is in the database: what was moved is exported. An API key sees the entries of its own environment only.
 * @throws AppError `invalid_cursor`.
 */
export async function listAudit(
  db: DbOrTx,
  { orgId, environment, own: _, ...input }: ListAuditInput & Reach,
): Promise<AuditList> {
  const { limit, cursor, order, created, ...filter } = withOldCreated(input);
  const identity = { list: "audit", owner: orgId, filter: { ...filter, environment } };
  const { rows, next_cursor } = await readPage(identity, { limit, cursor, order, created }, (bounds) =>
    readEntries(db, { orgId, environment, filter }, bounds),
  );
  return { data: rows.map(toEntryView), next_cursor, reaches_back_to: await reachesBackTo(db) };
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
 * one entry per listed customer would hide the rest. It ends where the archives begin: a page of all of them would open every
 * organization's.
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
      db.$queryRaw<(EntryRow & { org_id: string | null })[]>`
      SELECT id, created_at, org_id, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details
      FROM audit_logs
      WHERE actor_type = 'operator' AND action NOT IN ('operator.organization_listed', 'operator.inquiry_listed', 'operator.incident_listed',
          'operator.report_listed')
        ${andSql}
      ORDER BY created_at ${directionSql}, id ${directionSql}
      LIMIT ${take}::int`,
  );
  await recordOperatorReads({ operatorId, action: "operator.audit_read" }, [{ orgId: null }]);
  const data = rows.map((row) => ({
    ...toEntryView(row),
    organization_id: row.org_id === null ? null : toPublicId("org", row.org_id),
  }));
  return { data, next_cursor, reaches_back_to: await reachesBackTo(db) };
}

/**
 * A chain's entries after one of them, in its order, for a reader that goes on where it stopped: from objects where they were moved meanwhile.
 * @throws ArchiveFault; AppError `service_unavailable`.
 */
export async function readEntriesAfter(
  db: DbOrTx,
  {
    orgId,
    after,
    limit,
    store,
  }: { orgId: string; after: bigint; limit: number; store?: Pick<Storage, "get"> },
): Promise<AuditEntryView[]> {
  const moved = await readMoved(db, { chain: orgId, source: "audit_logs", afterSequence: after });
  const rows = await db.$queryRaw<EntryRow[]>`
    SELECT id, created_at, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details
    FROM audit_logs WHERE org_id = ${orgId}::uuid AND sequence > ${after}::bigint
    ORDER BY sequence LIMIT ${limit}::int`;
  const archived: EntryRow[] = [];
  if (moved.length > 0)
    for await (const row of entriesOf(moved, { store: store ?? evidenceStorage() })) {
      if (row.sequence > after) archived.push(toEntryRow(row));
      if (archived.length === limit) break;
    }
  const inOrder = [...archived, ...rows].sort((left, right) => Number(left.sequence - right.sequence));
  return inOrder.slice(0, limit).map(toEntryView);
}

/** The sequence of a chain's last entry; 0 before the first. */
export async function lastSequence(db: DbOrTx, orgId: string): Promise<bigint> {
  const head = await db.auditChain.findUnique({ where: { chainId: orgId }, select: { sequence: true } });
  return head?.sequence ?? 0n;
}
