import { recordAuditIn } from "../audit";
import { AppError, type Clock, type Db, fromPublicId, newId, systemClock } from "../platform";
import { alone, type Holdable } from "./held";
import type { HoldInput } from "./schemas";

/**
 * Obliges us to keep what we hold of a person or an organization: until it is released, nothing of theirs is erased and no
 * request of theirs ends with its retention. A person's hold is on their personal organization as well. It is recorded in the
 * product's audit log alone: the customer's own would tell of it.
 * @throws AppError `invalid_id`, `not_found`; `conflict` for one that is held already or was erased.
 */
export async function placeHold(
  db: Db,
  { operatorId, input }: { operatorId: string; input: HoldInput },
  clock: Clock = systemClock,
): Promise<{ held: true }> {
  const subject = subjectOf(input.subject);
  for (const one of [subject, ...(await personalOrgsOf(db, subject))]) {
    await alone(db, one, async () => {
      await assertReadable(db, one);
      await db.$transaction(async (tx) => {
        const { count } = await tx.legalHold.createMany({
          data: [
            {
              id: newId(clock.now()),
              subjectType: one.type,
              subjectId: one.id,
              reason: input.reason,
              placedBy: operatorId,
              placedAt: clock.now(),
            },
          ],
          skipDuplicates: true,
        });
        if (count === 0 && one === subject) throw conflict("It is already held.");
        if (count === 0) return;
        await recordAuditIn(tx, entryOf(one, operatorId, input.reason, "operator.hold_placed"));
      });
    });
  }
  return { held: true };
}

/** Ends a hold: what waited for it happens at the next run of its job. @throws AppError as `placeHold`. */
export async function releaseHold(
  db: Db,
  { operatorId, input }: { operatorId: string; input: HoldInput },
  clock: Clock = systemClock,
): Promise<{ held: false }> {
  const subject = subjectOf(input.subject);
  const subjects = [subject, ...(await personalOrgsOf(db, subject))];
  await db.$transaction(async (tx) => {
    for (const one of subjects) {
      const { count } = await tx.legalHold.updateMany({
        where: { subjectType: one.type, subjectId: one.id, releasedAt: null },
        data: { releasedAt: clock.now(), releasedBy: operatorId },
      });
      if (count === 0 && one === subject) throw conflict("It is not held.");
      if (count > 0)
        await recordAuditIn(tx, entryOf(one, operatorId, input.reason, "operator.hold_released"));
    }
  });
  return { held: false };
}

function entryOf(
  { type, id }: Holdable,
  operatorId: string,
  reason: string,
  action: "operator.hold_placed" | "operator.hold_released",
) {
  return {
    orgId: null,
    actor: { type: "operator", id: operatorId },
    action,
    target: { type: type === "user" ? "user" : "organization", id },
    details: { reason },
  } as const;
}

function subjectOf(text: string): Holdable {
  if (text.startsWith("org_")) return { type: "org", id: fromPublicId("org", text, "subject") };
  return { type: "user", id: fromPublicId("usr", text, "subject") };
}

/** Erasing a person erases these with them. One that they have deleted already has no member any more: it is held by its own ID. */
async function personalOrgsOf(db: Db, { type, id }: Holdable): Promise<Holdable[]> {
  if (type === "org") return [];
  const rows = await db.membership.findMany({
    where: { userId: id, role: "owner", organization: { personal: true } },
    select: { orgId: true },
  });
  return rows.map(({ orgId }) => ({ type: "org", id: orgId }));
}

async function assertReadable(db: Db, { type, id }: Holdable): Promise<void> {
  const key = await db.dataKey.findUnique({
    where: { subjectType_subjectId: { subjectType: type, subjectId: id } },
    select: { destroyedAt: true },
  });
  if (key === null)
    throw new AppError("not_found", {
      public: "There is no person and no organization with this ID.",
      param: "subject",
    });
  if (key.destroyedAt !== null) throw conflict("It was erased: nothing is left to hold.");
}

function conflict(text: string): AppError {
  return new AppError("conflict", { public: text, param: "subject" });
}
