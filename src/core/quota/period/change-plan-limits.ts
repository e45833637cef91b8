import { plans } from "../../../shared/plans";
import type { Tx } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { quotaPeriodSql } from "./quota-period";

interface PeriodState {
  phase: "own" | "next" | "ended" | "month";
  starts_at: Date;
  since: Date | null;
  plan_tokens: bigint | null;
  subscription: string | null;
}

/**
 * Runs a change of an organization's subscription row so that each plan gives tokens only for its share of a period: a
 * plan bought ten minutes before the period's end gives ten minutes' worth. What the previous plan has given so far is
 * added to the period's counter, and the new plan counts from now on. Every change of plan, agreed tokens or period
 * goes through here, under the billing lock.
 *
 * `override`: an operator's plan is not a purchase. It counts as if it had begun with the period, so that it helps also
 * at a period's end.
 */
export async function changePlanLimits<T>(
  tx: Tx,
  { orgId, at, override = false }: { orgId: string; at: Date; override?: boolean },
  change: () => Promise<T>,
): Promise<T> {
  const before = await readPeriodState(tx, { orgId, at });
  // Computed before the row changes.
  const closing = closeShare({ orgId, at });
  const share = before === undefined ? [] : await tx.$queryRaw<{ share: bigint | null }[]>(closing);
  const changed = await change();
  const after = await readPeriodState(tx, { orgId, at });
  if (before === undefined || after === undefined) return changed;
  const samePeriod = before.starts_at.getTime() === after.starts_at.getTime();
  if (samePeriod && before.plan_tokens === after.plan_tokens) {
    if (before.since?.getTime() !== after.since?.getTime()) {
      await setSince(tx, { orgId, since: before.since });
    }
    return changed;
  }
  if (override) {
    await tx.quotaCounter.updateMany({
      where: { orgId, startsAt: after.starts_at },
      data: { grantedTokens: 0n },
    });
    await setSince(tx, { orgId, since: null });
    return changed;
  }
  await grant(tx, { orgId, startsAt: before.starts_at, at, share: share[0]?.share ?? null });
  // A new paid period gives all its tokens. A calendar month, or a period already running, gives those for the rest.
  const whole = !samePeriod && after.subscription !== null;
  await setSince(tx, { orgId, since: whole ? null : at });
  return changed;
}

async function readPeriodState(
  tx: Tx,
  { orgId, at }: { orgId: string; at: Date },
): Promise<PeriodState | undefined> {
  const [row] = await tx.$queryRaw<PeriodState[]>`
    SELECT p.phase, p.starts_at, p.since, p.plan_tokens, s.stripe_subscription_id AS subscription
    FROM (SELECT ${orgId}::uuid AS org_id) o LEFT JOIN subscriptions s USING (org_id)
    CROSS JOIN LATERAL (${periodAt(at)}) p`;
  return row;
}

/** The tokens the current plan has given so far in its period; null where it is unlimited. */
function closeShare({ orgId, at }: { orgId: string; at: Date }): Prisma.Sql {
  return Prisma.sql`
    SELECT floor(p.plan_tokens
      * extract(epoch FROM greatest(least(${at}::timestamptz, p.ends_at) - greatest(p.since, p.starts_at), interval '0'))
      / extract(epoch FROM p.ends_at - p.starts_at))::bigint AS share
    FROM (SELECT ${orgId}::uuid AS org_id) o LEFT JOIN subscriptions s USING (org_id)
    CROSS JOIN LATERAL (${periodAt(at)}) p`;
}

/** Without a limit, what was used counts as given. */
async function grant(
  tx: Tx,
  { orgId, startsAt, at, share }: { orgId: string; startsAt: Date; at: Date; share: bigint | null },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO quota_counters AS q (org_id, starts_at, granted_tokens, updated_at)
    VALUES (${orgId}::uuid, ${startsAt}::timestamptz, ${share ?? 0n}::bigint, ${at}::timestamptz)
    ON CONFLICT (org_id, starts_at) DO UPDATE SET granted_tokens = ${
      share === null
        ? Prisma.sql`greatest(q.granted_tokens, q.used_tokens + q.reserved_tokens)`
        : Prisma.sql`q.granted_tokens + EXCLUDED.granted_tokens`
    }`;
}

async function setSince(tx: Tx, { orgId, since }: { orgId: string; since: Date | null }): Promise<void> {
  await tx.subscription.updateMany({ where: { orgId }, data: { quotaSince: since } });
}

function periodAt(at: Date): Prisma.Sql {
  return quotaPeriodSql({
    at: Prisma.sql`${at}::timestamptz`,
    planTokens: Prisma.sql`${plans.free.tokensPerMonth}::bigint`,
  });
}
