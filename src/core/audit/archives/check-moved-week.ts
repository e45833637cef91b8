import { z } from "zod";
import type { Db } from "../../platform";
import { constantTimeEqual } from "../../platform/crypto/hash";
import { type ChainFault, type ChainRow, faultAt } from "../verify/chain-walk";
import { KEPT_YEARS } from "./moving/week";

const detailsSchema = z.object({ week: z.string(), digest: z.string() });

/**
 * Of an entry that says that a week was moved: whether the notes of its objects are those of then. After seven years they go, those of
 * chains that are held later than others.
 */
export async function checkMovedWeek(db: Db, row: ChainRow): Promise<ChainFault | undefined> {
  if (row.action !== "data.audit_archived" || row.orgId !== null) return undefined;
  const details = detailsSchema.safeParse(row.details);
  if (!details.success) return undefined;
  const { week, digest } = details.data;
  const [found] = await db.$queryRaw<{ digest: Uint8Array; until: Date }[]>`
    SELECT w.until, sha256(coalesce(string_agg(a.signature, ''::bytea ORDER BY a.chain_id COLLATE "C", a.part), ''::bytea)) AS digest
    FROM audit_moved_weeks w LEFT JOIN audit_archives a ON a.partition = w.partition
    WHERE w.partition = ${week} GROUP BY w.partition`;
  if (found === undefined) return faultAt("archive", row, `the note that ${week} was moved is missing`);
  const ends = new Date(found.until);
  ends.setUTCFullYear(ends.getUTCFullYear() + KEPT_YEARS);
  if (ends <= new Date() || constantTimeEqual(found.digest, Buffer.from(digest, "hex"))) return undefined;
  return faultAt("archive", row, `the notes of the objects of ${week} are not those that were made`);
}
