import type { Stripe } from "../../billing";
import { type Clock, type Db, systemClock } from "../../platform";
import { log } from "../../platform/observability/log";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { carryOutErasure } from "./carry-out";
import { certificateSchema, mostLeft, type PaymentProvider } from "./certificate";
import { certify } from "./certify";
import { endCustomer, redactsCustomers } from "./end-customer";

interface CompleteOptions {
  /** Absent where billing is not set up. */
  stripe?: Stripe | undefined;
  storage?: Pick<Storage, "put" | "locksObjects">;
  signal?: AbortSignal;
  clock?: Clock;
}

const AT_ONCE = 100;

/**
 * Carries on with erasures that are due: makes the subject unreadable where that could not be done at once, ends the
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
  // A person's certificate speaks of their personal organization's customer.
  const organizationsFirst = due.toSorted(
    (a, b) => Number(b.subjectType === "org") - Number(a.subjectType === "org"),
  );
  for (const row of organizationsFirst) {
    if (signal?.aborted) break;
    const { id, subjectId, requestedAt } = row;
    const type = row.subjectType === "org" ? "org" : "user";
    const subject = { type, id: subjectId } as const;
    try {
      if (type === "org" && (await isRestored(db, subjectId))) {
        await db.erasure.delete({ where: { id } });
        continue;
      }
      const erasedAt = await carryOutErasure(db, { subject, storage }, clock);
      if (erasedAt === undefined) continue;
      const paymentProvider =
        type === "user"
          ? await customersOfPerson(db, subjectId)
          : await endCustomer(db, stripe, { ...row, orgId: subjectId }, clock);
      if (paymentProvider === undefined) continue;
      await certify(db, { id, type, subjectId, requestedAt, erasedAt, paymentProvider }, clock);
      completed += 1;
    } catch (error) {
      log().error({ err: error, erasure: id }, "an erasure could not be completed yet");
    }
  }
  return completed;
}

/**
 * Carries on with customers whose erasure was certified before Stripe could redact them, and replaces the certificates of those that
 * are done. Returns how many were.
 */
export async function redactCustomers(
  db: Db,
  { stripe, signal, clock = systemClock }: Pick<CompleteOptions, "stripe" | "signal" | "clock"> = {},
): Promise<number> {
  const due = await db.erasure.findMany({
    where: {
      ...{ customerId: { not: null }, redactedAt: null, completedAt: { not: null }, subjectType: "org" },
      // Turned off meanwhile, they are deleted instead, all at once.
      ...(redactsCustomers() && { redactionNextAt: { lte: clock.now() } }),
    },
    orderBy: { redactionNextAt: "asc" },
    take: AT_ONCE,
  });
  let done = 0;
  for (const row of due) {
    const { id, subjectId, requestedAt, erasedAt } = row;
    if (signal?.aborted) break;
    if (erasedAt === null) continue;
    try {
      const paymentProvider = await endCustomer(db, stripe, { ...row, orgId: subjectId }, clock);
      if (paymentProvider !== "redacted" && paymentProvider !== "deleted") continue;
      const again = { id, type: "org", subjectId, requestedAt, erasedAt, paymentProvider } as const;
      await certify(db, { ...again, replaces: true }, clock);
      if (row.personalOf !== null) await certifyPersonAgain(db, row.personalOf, clock);
      done += 1;
    } catch (error) {
      log().error({ err: error, erasure: id }, "a customer at Stripe could not be redacted yet");
    }
  }
  return done;
}

/**
 * What became of the customers of the personal organizations that were erased with a person; undefined until each is certified.
 */
async function customersOfPerson(db: Db, userId: string): Promise<PaymentProvider | undefined> {
  const own = await db.erasure.findMany({ where: { personalOf: userId }, select: { certificate: true } });
  if (own.some(({ certificate }) => certificate === null)) return undefined;
  return mostLeft(own.map(({ certificate }) => certificateSchema.parse(certificate).payment_provider));
}

async function certifyPersonAgain(db: Db, userId: string, clock: Clock): Promise<void> {
  const paymentProvider = await customersOfPerson(db, userId);
  const row = await db.erasure.findFirst({
    where: { subjectType: "user", subjectId: userId, completedAt: { not: null } },
  });
  if (row === null || row.erasedAt === null || paymentProvider === undefined) return;
  const { id, requestedAt, erasedAt } = row;
  const again = { id, type: "user", subjectId: userId, requestedAt, erasedAt, paymentProvider } as const;
  await certify(db, { ...again, replaces: true }, clock);
}

/** Support can undo the deletion of an organization until it is due; the erasure is then forgotten. */
async function isRestored(db: Db, orgId: string): Promise<boolean> {
  const org = await db.organization.findUnique({ where: { id: orgId }, select: { deletedAt: true } });
  return org !== null && org.deletedAt === null;
}
