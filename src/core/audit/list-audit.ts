import { type DbOrTx, Prisma } from "../platform/db";
import type { Reach } from "../platform/environment";
import { AppError } from "../platform/errors";
import { fromPublicId, type IdPrefix, timeOfId, toPublicId } from "../platform/ids";
import { type ActorType, type Details, type TargetType, targetPrefixes } from "./entry";
import { ofEnvironment } from "./of-environment";
import type {
  AuditEntryView,
  AuditList,
  ListAuditInput,
  ListOperatorAuditInput,
  OperatorAuditList,
} from "./schemas";
import { writeOperatorReads } from "./write-operator-reads";

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

/**
 * An organization's trail, newest first; in the reach of a key, what concerns its own environment.
 * @throws AppError `invalid_cursor`.
 */
export async function listAudit(
  db: DbOrTx,
  { orgId, environment, limit, cursor, ...filter }: ListAuditInput & Reach,
): Promise<AuditList> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, created_at, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details
    FROM audit_logs
    WHERE org_id = ${orgId}::uuid ${ofEnvironment(environment)}
      ${cursor === undefined ? Prisma.empty : afterSql(decodeCursor(cursor))}
      ${filterSql(filter)}
    ORDER BY created_at DESC, id DESC
    LIMIT ${limit + 1}::int`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(toView),
    next_cursor: rows.length > limit && last !== undefined ? toPublicId("aud", last.id) : null,
  };
}

/** An organization's trail as an operator reads it, which is itself a line of it. @throws AppError `invalid_cursor`. */
export async function openAudit(
  db: DbOrTx,
  { operatorId, ...input }: ListAuditInput & { orgId: string; operatorId: string },
): Promise<AuditList> {
  const list = await listAudit(db, { ...input, environment: "all" });
  await writeOperatorReads({ operatorId, action: "operator.audit_read" }, [{ orgId: input.orgId }]);
  return list;
}

/**
 * What our operators did, in every chain, newest first, and a line that one of them looked. Lists that named customers
 * are left out: a line for each customer named would hide the rest. @throws AppError `invalid_cursor`.
 */
export async function listOperatorAudit(
  db: DbOrTx,
  { operatorId, input: { limit, cursor } }: { operatorId: string; input: ListOperatorAuditInput },
): Promise<OperatorAuditList> {
  const rows = await db.$queryRaw<(Row & { org_id: string | null })[]>`
    SELECT id, created_at, org_id, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details
    FROM audit_logs
    WHERE actor_type = 'operator' AND action NOT IN ('operator.organization_listed', 'operator.inquiry_listed')
      ${cursor === undefined ? Prisma.empty : afterSql(decodeCursor(cursor))}
    ORDER BY created_at DESC, id DESC
    LIMIT ${limit + 1}::int`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  await writeOperatorReads({ operatorId, action: "operator.audit_read" }, [{ orgId: null }]);
  return {
    data: page.map((row) => ({
      ...toView(row),
      organization_id: row.org_id === null ? null : toPublicId("org", row.org_id),
    })),
    next_cursor: rows.length > limit && last !== undefined ? toPublicId("aud", last.id) : null,
  };
}

type Filter = Omit<ListAuditInput, "limit" | "cursor">;

function filterSql({ action, actor, created_after, created_before, requests }: Filter): Prisma.Sql {
  // Said aloud, so that the index without the plain calls can answer.
  const events = action === undefined ? !requests : action !== "api.request";
  return Prisma.join(
    [
      events ? Prisma.sql`AND action <> 'api.request'` : Prisma.empty,
      action === undefined ? Prisma.empty : Prisma.sql`AND action = ${action}`,
      actor === undefined ? Prisma.empty : Prisma.sql`AND actor_id = ${actor}::uuid`,
      created_after === undefined
        ? Prisma.empty
        : Prisma.sql`AND created_at >= ${created_after}::timestamptz`,
      created_before === undefined
        ? Prisma.empty
        : Prisma.sql`AND created_at < ${created_before}::timestamptz`,
    ],
    " ",
  );
}

/** The plain bound prunes partitions; the row comparison is exact within the millisecond. */
function afterSql(id: string): Prisma.Sql {
  const at = timeOfId(id).toISOString();
  return Prisma.sql`AND created_at <= ${at}::timestamptz AND (created_at, id) < (${at}::timestamptz, ${id}::uuid)`;
}

/** The cursor is the last entry seen: it stays right when newer ones come meanwhile. */
function decodeCursor(cursor: string): string {
  try {
    return fromPublicId("aud", cursor);
  } catch (error) {
    throw new AppError("invalid_cursor", {
      public: "This cursor is not one of ours. Take next_cursor from the page before.",
      param: "cursor",
      cause: error,
    });
  }
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
