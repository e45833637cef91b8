import { floorToDay } from "../../shared/time";
import { hasCompletedRequest } from "../inference";
import { readKeySummary } from "../keys";
import { type Clock, DAY, type Db, startOfMonth, systemClock, type UserPrincipal } from "../platform";
import { getTokenQuota } from "../quota";
import { getUsage, type UsageQuery } from "../usage";
import { fillDays, projectMonthEnd } from "./overview-figures";
import { readWarnings } from "./read-warnings";
import type { Overview, OverviewInput } from "./schemas";

const DAYS = 14;
const SOON_MS = 7 * DAY;

/** The portal's first page: a few small concurrent reads, none of which grows with the organization's history. */
export async function getOverview(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input?: OverviewInput | undefined },
  clock: Clock = systemClock,
): Promise<Overview> {
  const { orgId, plan } = principal;
  const now = clock.now();
  const today = floorToDay(now);
  const tomorrow = new Date(today.getTime() + DAY);
  const from = new Date(tomorrow.getTime() - DAYS * DAY);
  const month = startOfMonth(now);
  const usage = (start: Date, interval: UsageQuery["interval"]) =>
    getUsage(
      db,
      {
        principal,
        query: {
          from: start.toISOString(),
          to: tomorrow.toISOString(),
          interval,
          environment: input?.environment,
        },
      },
      clock,
    );

  const [quota, thisMonth, window, thisDay, keys, called, warnings] = await Promise.all([
    getTokenQuota(db, { orgId, plan, at: now }),
    usage(month, "day"),
    usage(from, "day"),
    usage(today, "day"),
    readKeySummary(db, { orgId, now, until: new Date(now.getTime() + SOON_MS) }),
    hasCompletedRequest(db, { orgId }),
    readWarnings(db, { orgId }, clock),
  ]);
  return {
    plan,
    quota: {
      limit: quota.limit,
      used: quota.used,
      reserved: quota.reserved,
      projected: projectMonthEnd({ used: quota.used, start: quota.startsAt, end: quota.resetsAt, now }),
      period_start: quota.startsAt.toISOString(),
      reset_at: quota.resetsAt.toISOString(),
    },
    month: thisMonth.totals,
    today: thisDay.totals,
    days: fillDays({ from, count: DAYS, buckets: window.data }),
    window: window.totals,
    expiring_keys: keys.expiring,
    ...warnings,
    onboarding: { email_verified: principal.emailVerified, key_made: keys.any, call_completed: called },
  };
}
