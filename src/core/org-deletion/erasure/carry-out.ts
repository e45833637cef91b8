import { recordAuditIn } from "../../audit";
import { unlessHeld } from "../../legal-holds";
import type { Clock, Db } from "../../platform";
import type { Storage } from "../../platform/storage";
import { eraseOrganization } from "../erase-organization";
import { erasePerson } from "../erase-person";
import { writeTombstone } from "../tombstones";
import type { ErasedSubject } from "./erasure-rows";

/**
 * Makes a subject unreadable, tombstone first, and notes when. Safe to repeat. One whose key is destroyed already was erased
 * by another job: only the time is noted. Undefined while it is held: nothing was done, and the job tries again.
 */
export async function carryOutErasure(
  db: Db,
  { subject, storage }: { subject: ErasedSubject; storage: Pick<Storage, "put" | "locksObjects"> },
  clock: Clock,
): Promise<Date | undefined> {
  const key = await db.dataKey.findUnique({
    where: { subjectType_subjectId: { subjectType: subject.type, subjectId: subject.id } },
    select: { destroyedAt: true },
  });
  const erasedAt = key?.destroyedAt ?? clock.now();
  if (!key?.destroyedAt) {
    const erased = await unlessHeld(db, subject, async () => {
      await writeTombstone(storage, { subject, erasedAt });
      if (subject.type === "user") await erasePerson(db, { userId: subject.id, erasedAt }, clock);
      else await eraseOrganization(db, { orgId: subject.id, erasedAt, again: false }, clock);
      return true;
    });
    if (erased === undefined) return undefined;
  }
  await db.$transaction(async (tx) => {
    const { count } = await tx.erasure.updateMany({
      where: { subjectType: subject.type, subjectId: subject.id, erasedAt: null },
      data: { erasedAt },
    });
    if (count === 0 || subject.type === "org") return;
    await recordAuditIn(tx, {
      orgId: null,
      actor: { type: "system", id: null },
      action: "account.erased",
      target: { type: "user", id: subject.id },
    });
  });
  return erasedAt;
}
