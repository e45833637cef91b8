import { type Db, MINUTE } from "../../../platform";
import { log } from "../../../platform/observability/log";
import { evidenceStorage, type Storage } from "../../../platform/storage";
import { recordAuditIn } from "../../record/append-entries";
import type { ArchiveSource } from "../objects/manifest";
import { archiveChain, chainsOf } from "./archive-chain";
import { type ObjectLimits, objectLimits, type Week } from "./week";

export interface MoveOptions {
  store?: Pick<Storage, "get" | "put" | "locksObjects">;
  signal?: AbortSignal;
  limits?: ObjectLimits;
}

export interface Moved {
  weeks: number;
  objects: number;
  rows: bigint;
  /** Weeks that could not be moved, and those behind them wait. */
  failed: number;
}

/**
 * Moves the weeks of the audit log that are older than 400 days into objects: all rows of a week are written, read back and noted, then
 * its partition is dropped by a function of the database that compares the notes with the rows. It can be interrupted anywhere and
 * repeated. Calls go before the entries of their batches, and no week before an earlier one.
 */
export async function moveAuditWeeks(
  db: Db,
  {
    store = evidenceStorage(),
    signal = new AbortController().signal,
    limits = objectLimits,
  }: MoveOptions = {},
): Promise<Moved> {
  const total: Moved = { weeks: 0, objects: 0, rows: 0n, failed: 0 };
  for (const source of ["audit_calls", "audit_logs"] as const) {
    for (const week of await archivableWeeks(db, source)) {
      if (signal.aborted) return total;
      try {
        const moved = await moveWeek(db, week, { store, signal, limits });
        if (moved === undefined) return total;
        total.weeks += 1;
        total.objects += moved.objects;
        total.rows += moved.rows;
      } catch (error) {
        log().error(
          { err: error, week: week.name },
          "a week of the audit log could not be moved to its archive",
        );
        total.failed += 1;
        break;
      }
    }
  }
  return total;
}

export async function archivableWeeks(db: Db, source: ArchiveSource): Promise<Week[]> {
  const rows = await db.$queryRaw<Omit<Week, "source">[]>`
    SELECT name, since, until FROM partitions.archivable(${source})`;
  return rows.map((row) => ({ source, ...row }));
}

/** Undefined when it was told to stop. */
async function moveWeek(
  db: Db,
  week: Week,
  work: Required<MoveOptions>,
): Promise<{ objects: number; rows: bigint } | undefined> {
  const locked = await work.store.locksObjects();
  for (const chain of await chainsOf(db, week)) {
    if (work.signal.aborted) return undefined;
    await archiveChain(db, { week, chain }, { ...work, locked });
  }
  if (work.signal.aborted) return undefined;
  return await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET LOCAL lock_timeout = '500ms'`;
      const [moved] = await tx.$queryRaw<{ objects: number; rows: bigint; digest: Uint8Array }[]>`
        SELECT objects, rows, digest FROM partitions.drop_archived(${week.source}, ${week.name})`;
      if (moved === undefined) throw new Error("a week was dropped without a note");
      const { objects, rows, digest } = moved;
      await recordAuditIn(tx, {
        orgId: null,
        actor: { type: "system", id: null },
        action: "data.audit_archived",
        details: {
          week: week.name,
          objects,
          rows: Number(rows),
          digest: Buffer.from(digest).toString("hex"),
        },
      });
      return { objects, rows };
    },
    { timeout: 5 * MINUTE },
  );
}
