import { AppError, type Db, type DbOrTx, SECOND } from "../platform";
import { withLease } from "../platform/concurrency/lease";
import { Prisma } from "../platform/db/client";

/** What can be held: whoever has a data key that an erasure would destroy. */
export interface Holdable {
  type: "user" | "org";
  id: string;
}

export async function isHeld(db: DbOrTx, { type, id }: Holdable): Promise<boolean> {
  const found = await db.legalHold.count({ where: { subjectType: type, subjectId: id, releasedAt: null } });
  return found > 0;
}

/** A condition for rows of organizations: not while one is held. */
export function notHeldSql(orgColumn: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (
    SELECT FROM legal_holds h WHERE h.subject_type = 'org' AND h.subject_id = ${orgColumn} AND h.released_at IS NULL)`;
}

/**
 * Runs an erasure unless its subject is held; undefined where it is. A hold and an erasure of one subject wait for each other,
 * so that none is placed on what is being erased.
 * @throws AppError `conflict` when another process does either for too long.
 */
export async function unlessHeld<T>(
  db: Db,
  subject: Holdable,
  run: () => Promise<T>,
): Promise<T | undefined> {
  return await alone(db, subject, async () => ((await isHeld(db, subject)) ? undefined : await run()));
}

export async function alone<T>(db: Db, { type, id }: Holdable, run: () => Promise<T>): Promise<T> {
  const outcome = await withLease(db, { name: `erasure or hold of ${type} ${id}`, waitMs: 10 * SECOND }, run);
  if (outcome.acquired) return outcome.value;
  throw new AppError("conflict", {
    public: "This is being erased or held right now. Try again in a moment.",
  });
}
