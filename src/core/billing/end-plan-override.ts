import { type AuditEntry, recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db, Tx } from "../platform/db";
import { AppError } from "../platform/errors";
import { log } from "../platform/log";
import { underBillingLock } from "./lock-billing";
import { type PlanOverride, termsInForce } from "./override-in-force";
import type { Stripe } from "./stripe-client";
import { writeTruth } from "./sync-subscription";

interface Ending {
  /** The operator who ends it; null when its time is over. */
  by: string | null;
  because: "ended" | "replaced" | "expired";
  now: Date;
}

/**
 * Ends an agreement before its time; the plan is again what was bought.
 * @throws AppError `conflict` when it has ended already, as when another operator was faster.
 */
export async function endPlanOverride(
  db: Db,
  stripe: Stripe | undefined,
  { orgId, overrideId, operatorId }: { orgId: string; overrideId: string; operatorId: string },
  clock: Clock = systemClock,
): Promise<void> {
  await underBillingLock(db, orgId, async (tx) => {
    const override = await tx.planOverride.findFirst({ where: { id: overrideId, orgId, endedAt: null } });
    if (override === null) {
      throw new AppError("conflict", { public: "This override has ended already. Load the page again." });
    }
    const entry = await endOverrideIn(tx, override, { by: operatorId, because: "ended", now: clock.now() });
    await writePlan(tx, stripe, orgId, clock);
    await recordAuditIn(tx, entry);
  });
}

/** Ends what has run out. Each on its own: where Stripe does not answer for one, the next minute tries again. */
export async function endExpiredOverrides(
  db: Db,
  stripe: Stripe | undefined,
  clock: Clock = systemClock,
): Promise<number> {
  const due = await db.planOverride.findMany({
    where: { endedAt: null, expiresAt: { lte: clock.now() } },
    orderBy: { expiresAt: "asc" },
    select: { id: true, orgId: true },
  });
  let ended = 0;
  for (const { id, orgId } of due) {
    try {
      if (await endExpired(db, stripe, { id, orgId }, clock)) ended += 1;
    } catch (error) {
      log().error({ err: error, org_id: orgId }, "a plan override that ran out could not be ended yet");
    }
  }
  return ended;
}

function endExpired(
  db: Db,
  stripe: Stripe | undefined,
  { id, orgId }: { id: string; orgId: string },
  clock: Clock,
): Promise<boolean> {
  return underBillingLock(db, orgId, async (tx) => {
    const override = await tx.planOverride.findFirst({ where: { id, endedAt: null } });
    if (override === null) return false;
    const entry = await endOverrideIn(tx, override, { by: null, because: "expired", now: clock.now() });
    await writePlan(tx, stripe, orgId, clock);
    await recordAuditIn(tx, entry);
    return true;
  });
}

/** Marks it as ended and says so for the trail, which has to be written last. Call it under the billing lock. */
export async function endOverrideIn(
  tx: Tx,
  { id, orgId, plan, reason }: PlanOverride,
  { by, because, now }: Ending,
): Promise<AuditEntry> {
  await tx.planOverride.update({ where: { id }, data: { endedAt: now, endedBy: by } });
  return {
    orgId,
    actor: by === null ? { type: "system", id: null } : { type: "operator", id: by },
    action: "org.plan_override_ended",
    target: { type: "organization", id: orgId },
    details: { plan, reason, because },
  };
}

/** The plan that is left: what Stripe says now, or Free for those who have never bought. */
async function writePlan(tx: Tx, stripe: Stripe | undefined, orgId: string, clock: Clock): Promise<void> {
  const row = await tx.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  if (row?.stripeCustomerId && stripe !== undefined) {
    await writeTruth(tx, stripe, { orgId, customerId: row.stripeCustomerId }, clock);
    return;
  }
  const now = clock.now();
  await tx.subscription.updateMany({
    where: { orgId },
    data: { ...(await termsInForce(tx, orgId, "free", now)), updatedAt: now },
  });
}
