import { forgetAccess } from "../../admission";
import { type AuditAction, recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, systemClock, type Tx } from "../../platform";
import { findSubject, type Subject } from "./find-subject";
import { notifySuspension } from "./notify-suspension";
import type { ReinstateInput, SuspendInput } from "./schemas";

/**
 * Stops an account, an organization or a key: everything of theirs is refused here at once and everywhere within five seconds,
 * with the reason. Nothing of it is ended or deleted, so that all of it works again once it is reinstated. The people
 * concerned get an email.
 * @throws AppError as `findSubject`; `conflict` for one that is suspended, and for an operator's account.
 */
export async function suspend(
  db: Db,
  { operatorId, input }: { operatorId: string; input: SuspendInput },
  clock: Clock = systemClock,
): Promise<{ suspended: true }> {
  const { reason } = input;
  const subject = await change(db, { operatorId, input, action: "operator.suspended" }, async (tx, found) => {
    const data = { suspendedAt: clock.now(), suspendedBy: operatorId, suspensionReason: reason };
    return await update(tx, found, { from: null, data });
  });
  notifySuspension(db, subject, { reason });
  return { suspended: true };
}

/**
 * Ends a suspension. @throws AppError as `findSubject`; `conflict` for one that is not suspended.
 */
export async function reinstate(
  db: Db,
  { operatorId, input }: { operatorId: string; input: ReinstateInput },
): Promise<{ suspended: false }> {
  const subject = await change(db, { operatorId, input, action: "operator.reinstated" }, (tx, found) =>
    update(tx, found, {
      from: { not: null },
      data: { suspendedAt: null, suspendedBy: null, suspensionReason: null },
    }),
  );
  notifySuspension(db, subject, { reason: null });
  return { suspended: false };
}

interface SuspensionChange {
  operatorId: string;
  input: { subject: string; reason: string };
  action: Extract<AuditAction, "operator.suspended" | "operator.reinstated">;
}

async function change(
  db: Db,
  { operatorId, input, action }: SuspensionChange,
  apply: (tx: Tx, subject: Subject) => Promise<number>,
): Promise<Subject> {
  const subject = await db.$transaction(async (tx) => {
    const found = await findSubject(tx, input.subject);
    // Of two concurrent operators, the second finds nothing to change.
    if ((await apply(tx, found)) === 0) {
      throw new AppError("conflict", {
        public: action === "operator.suspended" ? "It is already suspended." : "It is not suspended.",
        param: "subject",
      });
    }
    await recordAuditIn(tx, {
      orgId: found.orgId,
      actor: { type: "operator", id: operatorId },
      action,
      target: { type: found.of === "account" ? "user" : found.of, id: found.id },
      details: { reason: input.reason },
    });
    return found;
  });
  await forgetHere(db, subject);
  return subject;
}

interface Update {
  from: null | { not: null };
  data: { suspendedAt: Date | null; suspendedBy: string | null; suspensionReason: string | null };
}

async function update(tx: Tx, { of, id }: Subject, { from, data }: Update): Promise<number> {
  const where = { id, suspendedAt: from };
  switch (of) {
    case "account":
      return (await tx.user.updateMany({ where, data })).count;
    case "organization":
      return (await tx.organization.updateMany({ where, data })).count;
    case "key":
      return (await tx.apiKey.updateMany({ where, data })).count;
  }
}

/** The other processes are told by the database. */
async function forgetHere(db: Db, { of, id }: Subject): Promise<void> {
  if (of === "account") forgetAccess(`user ${id}`);
  else if (of === "organization") forgetAccess(`org ${id}`);
  else {
    const key = await db.apiKey.findFirst({ where: { id }, select: { secretHash: true } });
    if (key !== null) forgetAccess(`key ${Buffer.from(key.secretHash).toString("hex")}`);
  }
}
