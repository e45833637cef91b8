import { z } from "zod";
import type { AuditAction } from "../../shared/audit-actions";
import { AppError, type Clock, type Db, type Tx } from "../platform";
import { type Bounds, type ListQuery, listFields, readPage } from "../platform/list";
import { recordAuditIn } from "./record/append-entries";
import type { AuditEntry } from "./record/entry";
import { recordOperatorReads } from "./record/record-audit";

/** What operators review: rows that wait until one of them marks them as handled. */

export const reviewListInputSchema = z.strictObject({
  /** Only what nobody has handled. */
  open: z.boolean().default(true),
  ...listFields(25),
});
export type ReviewListInput = ListQuery & { open: boolean };

interface ReviewRow {
  id: string;
  orgId: string | null;
}

interface ReviewPage {
  where: Bounds["where"] & { handledAt?: null };
  orderBy: { id: Bounds["order"] };
  take: number;
}

/**
 * One page, newest first. Each row shown is recorded in the audit log of its organization.
 * @throws AppError `invalid_cursor`.
 */
export async function listForReview<Row extends ReviewRow>(
  { operatorId, input: { open, ...query } }: { operatorId: string; input: ReviewListInput },
  list: {
    name: string;
    action: AuditAction;
    find(page: ReviewPage): Promise<Row[]>;
    targetOf?(row: ReviewRow): AuditEntry["target"];
  },
): Promise<{ rows: Row[]; next_cursor: string | null }> {
  const identity = { list: list.name, owner: "operators", filter: { open } };
  const page = await readPage(identity, query, ({ where, order, take }) =>
    list.find({ where: { ...(open && { handledAt: null }), ...where }, orderBy: { id: order }, take }),
  );
  await recordOperatorReads(
    { operatorId, action: list.action },
    page.rows.map((row) => ({ orgId: row.orgId, target: list.targetOf?.(row) })),
  );
  return page;
}

/**
 * Marks a row as handled, with its audit entry in the same commit. A second call changes nothing.
 * @throws AppError `not_found`.
 */
export async function markHandled<Row extends Pick<ReviewRow, "orgId">>(
  db: Db,
  { id, operatorId }: { id: string; operatorId: string },
  item: {
    /** As the error names it: "Incident". */
    noun: string;
    action: AuditAction;
    find(tx: Tx): Promise<Row | null>;
    update(
      tx: Tx,
      change: { where: { id: string; handledAt: null }; data: { handledAt: Date; handledBy: string } },
    ): Promise<{ count: number }>;
    entryOf(row: Row): Pick<AuditEntry, "target" | "details">;
  },
  clock: Clock,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const row = await item.find(tx);
    if (row === null) throw new AppError("not_found", { public: `${item.noun} not found.`, param: "id" });
    const { count } = await item.update(tx, {
      where: { id, handledAt: null },
      data: { handledAt: clock.now(), handledBy: operatorId },
    });
    if (count === 0) return;
    await recordAuditIn(tx, {
      orgId: row.orgId,
      actor: { type: "operator", id: operatorId },
      action: item.action,
      ...item.entryOf(row),
    });
  });
}
