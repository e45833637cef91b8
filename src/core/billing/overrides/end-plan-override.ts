import { type AuditEntry, recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, systemClock, type Tx } from "../../platform";
import { log } from "../../platform/observability/log";
import { changePlanLimits } from "../../quota";
import { announcingSubscription } from "../entitlement/announce-subscription";
import { readStripeState } from "../entitlement/stripe-state";
import { writeStripeState } from "../entitlement/sync-subscription";
import { lockBilling, withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { findCustomerId } from "../stripe/customer";
import type { Stripe } from "../stripe/stripe-client";
import { type PlanOverride, planLimitsInForce } from "./override-in-force";

interface Ending {
  /** The operator who ends it; null when it expired. */
  by: string | null;
  because: "ended" | "replaced" | "expired" | "organization_deleted";
  now: Date;
}

/**
 * Ends an override early; the organization gets the plan it bought.
 * @throws AppError `conflict` when it has already ended; `billing_unavailable` when Stripe cannot be asked what was
 * bought.
 */
export async function endPlanOverride(
  db: Db,
  stripe: Stripe | undefined,
  { orgId, overrideId, operatorId }: { orgId: string; overrideId: string; operatorId: string },
  clock: Clock = systemClock,
): Promise<void> {
  const ended = await end(db, stripe, { orgId, id: overrideId, by: operatorId, because: "ended" }, clock);
  if (ended) return;
  throw new AppError("conflict", { public: "This override has already ended. Reload the page." });
}

/** Ends overrides that have expired, each on its own. Where Stripe does not answer, the next run tries again. */
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
      if (await end(db, stripe, { id, orgId, by: null, because: "expired" }, clock)) ended += 1;
    } catch (error) {
      log().error({ err: error, org_id: orgId }, "a plan override that ran out could not be ended yet");
    }
  }
  return ended;
}

interface OneEnding extends Omit<Ending, "now"> {
  orgId: string;
  id: string;
}

/** Asks Stripe what plan is left, then ends the override. False when it had already ended. */
function end(
  db: Db,
  stripe: Stripe | undefined,
  { orgId, id, by, because }: OneEnding,
  clock: Clock,
): Promise<boolean> {
  return withBillingLease(db, orgId, async (lease) => {
    const customer = await findCustomerId(db, orgId);
    const state =
      stripe === undefined || customer === undefined ? undefined : await readStripeState(stripe, customer);
    return writeUnderLease(db, lease, async (tx) => {
      const override = await tx.planOverride.findFirst({ where: { id, orgId, endedAt: null } });
      if (override === null) return false;
      const entry = await endOverrideIn(tx, override, { by, because, now: clock.now() });
      if (customer === undefined || state === undefined) await writeFree(tx, orgId, clock);
      else await writeStripeState(tx, { orgId, customer, state }, clock);
      await recordAuditIn(tx, entry);
      return true;
    });
  });
}

/**
 * Ends an override together with its organization, inside the commit that deletes it. Returns the audit entry to
 * record; `syncOverrideBilling` stops the billing.
 */
export async function endOverrideOfOrganization(
  tx: Tx,
  { orgId, now }: { orgId: string; now: Date },
): Promise<AuditEntry[]> {
  await lockBilling(tx, orgId);
  const open = await tx.planOverride.findFirst({ where: { orgId, endedAt: null } });
  if (open === null) return [];
  return [await endOverrideIn(tx, open, { by: null, because: "organization_deleted", now })];
}

/**
 * Marks an override as ended and returns its audit entry, which has to be recorded last. Call it under the billing
 * lock.
 */
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

/** The plan of an organization that never bought one. */
async function writeFree(tx: Tx, orgId: string, clock: Clock): Promise<void> {
  const now = clock.now();
  const data = { ...(await planLimitsInForce(tx, orgId, "free", now)), updatedAt: now };
  await announcingSubscription(tx, orgId, () =>
    changePlanLimits(tx, { orgId, at: now }, () => tx.subscription.updateMany({ where: { orgId }, data })),
  );
}
