import type { Db } from "../../../platform";
import { Prisma } from "../../../platform/db/client";
import { SYSTEM_CHAIN } from "../../record/chain-hash";
import type { ChainRow } from "../../verify/chain-walk";
import type { PlacedCallRow } from "../objects/archived-rows";
import type { ObjectLimits, Week } from "./week";

/** What a row takes beside its texts and leaves, about. */
const ROW_BYTES = 400;

interface Place {
  week: Pick<Week, "since" | "until">;
  chain: string;
}

/** The next entries of a chain in a week, as many as an object holds, and which rows before the last belong to a later week. */
export async function nextEntries(
  db: Db,
  { week, chain, after }: Place & { after: bigint },
  limits: ObjectLimits,
): Promise<{ rows: ChainRow[]; remaining: bigint[] }> {
  const rows = await db.$queryRaw<ChainRow[]>`
    SELECT id, created_at AS "createdAt", org_id AS "orgId", sequence, actor_type AS "actorType", actor_id AS "actorId", action,
      target_type AS "targetType", target_id AS "targetId", trace_id AS "traceId", details, prev_hash AS "prevHash", hash, leaves
    FROM (
      SELECT e.*, sum(${ROW_BYTES}::int + coalesce(length(leaves), 0) * 4 / 3) OVER in_order AS size, row_number() OVER in_order AS number
      FROM (
        SELECT * FROM audit_logs a WHERE ${inChain(chain)} AND ${inWeek(week)} AND sequence > ${String(after)}::bigint
        ORDER BY sequence LIMIT ${limits.rows}::int
      ) e WINDOW in_order AS (ORDER BY sequence, created_at, id ROWS UNBOUNDED PRECEDING)
    ) sized
    WHERE size <= ${limits.bytes}::bigint OR number = 1
    ORDER BY sequence, created_at, id`;
  const last = rows.at(-1);
  if (last === undefined) return { rows, remaining: [] };
  const later = await db.$queryRaw<{ sequence: bigint }[]>`
    SELECT sequence FROM audit_logs a
    WHERE ${inChain(chain)} AND sequence < ${String(last.sequence)}::bigint AND created_at >= ${week.until.toISOString()}::timestamptz
    ORDER BY sequence`;
  return { rows, remaining: later.map(({ sequence }) => sequence) };
}

/** The next calls of an organization in a week, by time. */
export async function nextCalls(
  db: Db,
  { week, chain, after }: Place & { after: { createdAt: Date; id: string } | undefined },
  limits: ObjectLimits,
): Promise<PlacedCallRow[]> {
  const behind =
    after === undefined
      ? Prisma.empty
      : Prisma.sql`AND (created_at, id) > (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`;
  return await db.$queryRaw<PlacedCallRow[]>`
    SELECT id, created_at AS "createdAt", org_id AS "orgId", sequence, actor_type AS "actorType", actor_id AS "actorId",
      trace_id AS "traceId", details
    FROM audit_calls a WHERE org_id = ${chain}::uuid AND ${inWeek(week)} ${behind}
    ORDER BY created_at, id LIMIT ${limits.rows}::int`;
}

function inChain(chain: string): Prisma.Sql {
  return chain === SYSTEM_CHAIN ? Prisma.sql`a.org_id IS NULL` : Prisma.sql`a.org_id = ${chain}::uuid`;
}

function inWeek({ since, until }: Place["week"]): Prisma.Sql {
  return Prisma.sql`a.created_at >= ${since.toISOString()}::timestamptz AND a.created_at < ${until.toISOString()}::timestamptz`;
}
