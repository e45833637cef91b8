import type { Tx } from "../../platform";
import { emitEvents } from "../../webhooks";

/** Runs a change of the organization's subscription row, and emits `subscription.updated` if a customer can see a difference. */
export async function announcingSubscription<T>(tx: Tx, orgId: string, change: () => Promise<T>): Promise<T> {
  const before = await readShown(tx, orgId);
  const changed = await change();
  const after = await readShown(tx, orgId);
  if (after !== undefined && JSON.stringify(before) !== JSON.stringify(after)) {
    await emitEvents(tx, [{ orgId, type: "subscription.updated", data: after }]);
  }
  return changed;
}

async function readShown(tx: Tx, orgId: string) {
  const row = await tx.subscription.findUnique({
    where: { orgId },
    select: {
      plan: true,
      status: true,
      cancelAtPeriodEnd: true,
      currentPeriodEnd: true,
      pendingPlan: true,
      endsAt: true,
      graceEndsAt: true,
      overage: true,
    },
  });
  if (row === null) return undefined;
  const instant = (at: Date | null) => at?.toISOString() ?? null;
  return {
    plan: row.plan,
    status: row.status,
    current_period_end: instant(row.currentPeriodEnd),
    cancel_at_period_end: row.cancelAtPeriodEnd,
    pending_plan: row.pendingPlan,
    ends_at: instant(row.endsAt),
    grace_ends_at: instant(row.graceEndsAt),
    overage: row.overage,
  };
}
