import { recordAuditIn } from "../../audit";
import { deleteCustomer, type Stripe } from "../../billing";
import { type Clock, type Db, systemClock } from "../../platform";
import { log } from "../../platform/observability/log";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { carryOutErasure } from "./carry-out";
import { fingerprintOfCertificate, signCertificate } from "./certificate";

interface CompleteOptions {
  /** Absent where billing is not set up. */
  stripe?: Stripe | undefined;
  storage?: Pick<Storage, "put" | "locksObjects">;
  signal?: AbortSignal;
  clock?: Clock;
}

const AT_ONCE = 100;

/**
 * Carries on with erasures that are due: makes the subject unreadable where that could not be done at once, deletes the
 * customer at Stripe, and then certifies it. Each is on its own, and what fails is tried again at the next run. Returns how
 * many were completed.
 */
export async function completeErasures(
  db: Db,
  { stripe, storage = evidenceStorage(), signal, clock = systemClock }: CompleteOptions = {},
): Promise<number> {
  const due = await db.erasure.findMany({
    where: { completedAt: null, dueAt: { lte: clock.now() } },
    orderBy: { id: "asc" },
    take: AT_ONCE,
  });
  let completed = 0;
  for (const { id, subjectType, subjectId, requestedAt } of due) {
    if (signal?.aborted) break;
    const subject = { type: subjectType === "org" ? ("org" as const) : ("user" as const), id: subjectId };
    try {
      if (subject.type === "org" && (await isRestored(db, subject.id))) {
        await db.erasure.delete({ where: { id } });
        continue;
      }
      const erasedAt = await carryOutErasure(db, { subject, storage }, clock);
      if (erasedAt === undefined) continue;
      const hadCustomer =
        subject.type === "org" && (await endCustomer(db, stripe, { id, orgId: subject.id }));
      await certify(db, { id, type: subject.type, subjectId, requestedAt, erasedAt, hadCustomer }, clock);
      completed += 1;
    } catch (error) {
      log().error({ err: error, erasure: id }, "an erasure could not be completed yet");
    }
  }
  return completed;
}

/** Support can undo the deletion of an organization until it is due; the erasure is then forgotten. */
async function isRestored(db: Db, orgId: string): Promise<boolean> {
  const org = await db.organization.findUnique({ where: { id: orgId }, select: { deletedAt: true } });
  return org !== null && org.deletedAt === null;
}

/** Whether there was a customer at Stripe, who is deleted now. @throws where Stripe cannot be asked. */
async function endCustomer(
  db: Db,
  stripe: Stripe | undefined,
  { id, orgId }: { id: string; orgId: string },
): Promise<boolean> {
  const { hadCustomer } = await db.erasure.findUniqueOrThrow({
    where: { id },
    select: { hadCustomer: true },
  });
  const found = await db.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  if (!found?.stripeCustomerId) return hadCustomer;
  // Noted first: once the customer is gone, nothing else tells that there was one.
  await db.erasure.update({ where: { id }, data: { hadCustomer: true } });
  if (stripe === undefined)
    throw new Error("billing is not set up, and a customer at Stripe is left to delete");
  await deleteCustomer(db, stripe, { orgId });
  return true;
}

interface Certified {
  id: string;
  subjectId: string;
  type: "user" | "org";
  requestedAt: Date;
  erasedAt: Date;
  hadCustomer: boolean;
}

/** Signs the certificate and anchors it in the audit log, in one transaction. */
async function certify(db: Db, { id, ...erased }: Certified, clock: Clock): Promise<void> {
  const { type, subjectId } = erased;
  const completedAt = clock.now();
  const certificate = signCertificate({ ...erased, completedAt });
  await db.$transaction(async (tx) => {
    const { count } = await tx.erasure.updateMany({
      where: { id, completedAt: null },
      data: { completedAt, certificate },
    });
    if (count === 0) return;
    await recordAuditIn(tx, {
      orgId: null,
      actor: { type: "system", id: null },
      action: "data.erasure_certified",
      target: { type: type === "user" ? "user" : "organization", id: subjectId },
      details: { certificate: fingerprintOfCertificate(certificate) },
    });
  });
}
