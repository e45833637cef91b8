import { isPaidPlan } from "../../../shared/plans";
import { startOfDay } from "../../../shared/time";
import { planOf } from "../../orgs";
import { type Clock, type Db, startOfMonth, systemClock, toPublicId } from "../../platform";
import { endOfMonth, monthOf, unusedKeyMicros, unusedMicros } from "../../quota";
import type { SpendingView } from "../schemas";
import { isBillingSetUp } from "../stripe/stripe-client";

/** An organization's money this UTC calendar month: cap, spend, reservations, overage, and keys with caps. */
export async function getSpending(
  db: Db,
  { orgId }: { orgId: string },
  clock: Clock = systemClock,
): Promise<SpendingView> {
  const now = clock.now();
  const month = startOfDay(monthOf(now));
  const [row, counter, overage, keys] = await Promise.all([
    db.subscription.findUnique({ where: { orgId } }),
    readMonth(db, { orgId, month }),
    db.overageReport.aggregate({
      where: { orgId, usedAt: { gte: startOfMonth(now), lt: endOfMonth(now) } },
      _sum: { micros: true },
    }),
    listCappedKeys(db, { orgId, month }),
  ]);
  return {
    cap_micros: row?.monthlyCapMicros == null ? null : Number(row.monthlyCapMicros),
    spent_micros: Number(counter?.spent ?? 0n),
    reserved_micros: Number(counter?.reserved ?? 0n),
    resets_at: endOfMonth(now).toISOString(),
    overage: { state: stateOf(row), used_micros: Number(overage._sum.micros ?? 0n) },
    keys,
  };
}

interface SubscriptionRow {
  plan: string;
  status: string;
  overage: boolean;
  stripeSubscriptionId: string | null;
}

/** Overage works while the plan is paid for. A payment that is due suspends it without turning it off. */
function stateOf(row: SubscriptionRow | null): SpendingView["overage"]["state"] {
  if (row === null || !row.stripeSubscriptionId || !isBillingSetUp()) return "unavailable";
  const paid = row.status === "active" || row.status === "trialing";
  if (row.overage) return paid ? "on" : "held";
  return paid && isPaidPlan(planOf(row)) ? "off" : "unavailable";
}

async function readMonth(
  db: Db,
  { orgId, month }: { orgId: string; month: Date },
): Promise<{ spent: bigint; reserved: bigint } | undefined> {
  const rows = await db.$queryRaw<{ spent: bigint; reserved: bigint }[]>`
    SELECT o.spent_micros AS spent, o.reserved_micros - ${unusedMicros} AS reserved
    FROM quota_counters o WHERE o.org_id = ${orgId}::uuid AND o.starts_at = ${month}::timestamptz`;
  return rows[0];
}

interface CappedKey {
  id: string;
  name: string;
  cap: bigint;
  spent: bigint;
  reserved: bigint;
}

/** Each chain of rotated keys once, under its newest key, closest to its cap first. */
async function listCappedKeys(
  db: Db,
  { orgId, month }: { orgId: string; month: Date },
): Promise<SpendingView["keys"]> {
  const rows = await db.$queryRaw<CappedKey[]>`
    SELECT k.id, k.name, k.monthly_cap_micros AS cap,
      coalesce(m.spent_micros, 0) AS spent, coalesce(m.reserved_micros - ${unusedKeyMicros}, 0) AS reserved
    FROM api_keys k
    LEFT JOIN key_spend m ON m.key_id = k.spend_id AND m.month = ${month}::date AND m.org_id = k.org_id
    WHERE k.org_id = ${orgId}::uuid AND k.monthly_cap_micros IS NOT NULL
      AND k.revoked_at IS NULL AND k.successor_id IS NULL
    ORDER BY coalesce(m.spent_micros, 0)::float8 / greatest(k.monthly_cap_micros, 1) DESC, k.id DESC
    LIMIT 100`;
  return rows.map(({ id, name, cap, spent, reserved }) => ({
    id: toPublicId("key", id),
    name,
    cap_micros: Number(cap),
    spent_micros: Number(spent),
    reserved_micros: Number(reserved),
  }));
}
