import { type Db, toPublicId } from "../platform";
import { pageOf } from "../platform/list";
import type { HoldList, ListHoldsInput } from "./schemas";

interface Row {
  id: string;
  type: "user" | "org";
  subject: string;
  reason: string;
  by: string;
  at: Date;
  waits: Date | null;
}

/** What is held now, newest first, and whether its erasure waits. Earlier holds are in the audit log. @throws AppError `invalid_cursor`. */
export async function listHolds(db: Db, query: ListHoldsInput): Promise<HoldList> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT h.id, h.subject_type::text AS type, h.subject_id AS subject, h.reason, h.placed_by AS by, h.placed_at AS at,
      (SELECT min(e.requested_at) FROM erasures e WHERE e.subject_type = h.subject_type AND e.subject_id = h.subject_id
        AND e.completed_at IS NULL AND e.due_at <= now()) AS waits
    FROM legal_holds h WHERE h.released_at IS NULL`;
  const items = rows.map(({ id, type, subject, reason, by, at, waits }) => ({
    id,
    subject: toPublicId(type === "user" ? "usr" : "org", subject),
    of: type === "user" ? ("person" as const) : ("organization" as const),
    reason,
    placed_by: toPublicId("usr", by),
    created_at: at.toISOString(),
    erasure_waits_since: waits?.toISOString() ?? null,
  }));
  return pageOf({ list: "legal holds", owner: "operators" }, query, items);
}
