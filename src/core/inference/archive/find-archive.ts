import { type Db, environmentsIn, type Reach, type Tx, timeOfId } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { Prisma } from "../../platform/db/client";
import { andOwn } from "../../platform/db/rows/own-rows";
import type { RequestKey } from "../request-row";
import { ARCHIVE_DAYS, HOT_DAYS } from "./retention-terms";

export interface FoundArchive {
  id: string;
  orgId: string;
  keyCipher: Bytes;
  stored: boolean;
  deleted: boolean;
  /** How long the organization's requests are kept, in days. */
  keptDays: number;
}

/** The archive whose range a request is in, within the caller's reach. One object at most: ranges do not overlap. */
export async function findArchive(
  db: Db | Tx,
  { orgId, environment, own, requestId }: RequestKey,
): Promise<FoundArchive | undefined> {
  const found = await db.$queryRaw<FoundArchive[]>`
    SELECT a.id, a.org_id AS "orgId", a.key_cipher AS "keyCipher", a.stored_at IS NOT NULL AS stored,
      ${requestId}::uuid = ANY (a.deleted_ids) AS deleted,
      (coalesce(o.retention_days, ${HOT_DAYS}::int) + coalesce(o.archive_days, ${ARCHIVE_DAYS}::int))::int AS "keptDays"
    FROM unnest(${[...environmentsIn(environment)]}::environment[]) AS reach(environment)
    CROSS JOIN LATERAL (
      SELECT * FROM request_archives r
      WHERE r.org_id = ${orgId}::uuid AND r.environment = reach.environment AND r.first_id <= ${requestId}::uuid
      ORDER BY r.first_id DESC LIMIT 1
    ) a
    LEFT JOIN organizations o ON o.id = a.org_id
    WHERE a.last_id >= ${requestId}::uuid ${andLedgerOwn(own, requestId)}`;
  return found[0];
}

/** The ledger says whose an archived request is, without its object being read. */
function andLedgerOwn(own: Reach["own"], requestId: string): Prisma.Sql {
  if (own === undefined) return Prisma.empty;
  return Prisma.sql`AND EXISTS (
    SELECT FROM usage_ledger u
    WHERE u.request_id = ${requestId}::uuid AND u.created_at = ${timeOfId(requestId).toISOString()}::timestamptz ${andOwn(own, "u")})`;
}
