import { floorToDay, toDay } from "../../../shared/time";
import { type Clock, DAY, type Db, HOUR, systemClock, toPublicId } from "../../platform";
import { log } from "../../platform/observability/log";
import { findOverageMeter } from "../prices/overage-price";
import type { Stripe } from "../stripe/stripe-client";

/** Days that each run compares again. An older difference stays open until it is gone or Stripe forgets the day. */
const LOOK_BACK_DAYS = 7;
const OLDEST_DAYS = 35;
/** How long after a day's end its last reports may take to be sent, and Stripe to add them up. */
const SETTLE_MS = 2 * HOUR;

export interface OverageCompared {
  organizations: number;
  differences: number;
}

/**
 * Compares Stripe's meter with our reports, for each finished UTC day of each organization with overage. A difference
 * is logged, stored for operators, and counted in a metric until it is gone.
 */
export async function compareOverage(
  db: Db,
  stripe: Stripe,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<OverageCompared> {
  const now = clock.now();
  const end = floorToDay(new Date(now.getTime() - SETTLE_MS));
  const compared: OverageCompared = { organizations: 0, differences: 0 };
  const due = await listDue(db, end);
  if (due.length === 0) return compared;
  const meter = await findOverageMeter(stripe);
  if (meter === undefined) throw new Error("Stripe has no meter for overage: run the setup");
  for (const { org_id: orgId, customer, since } of due) {
    if (signal?.aborted) break;
    const range = { orgId, from: since, end };
    try {
      const stripes = await stripesSums(stripe, { meter: meter.id, customer, from: since, end });
      const ours = await ourSums(db, range);
      compared.organizations += 1;
      compared.differences += await keepDifferences(db, { ...range, ours, stripes, now });
    } catch (error) {
      log().error({ err: error, org_id: toPublicId("org", orgId) }, "overage could not be compared");
    }
  }
  return compared;
}

interface Due {
  org_id: string;
  customer: string;
  /** The first day to compare. */
  since: Date;
}

function listDue(db: Db, end: Date): Promise<Due[]> {
  const from = new Date(end.getTime() - LOOK_BACK_DAYS * DAY);
  const oldest = new Date(end.getTime() - OLDEST_DAYS * DAY);
  return db.$queryRaw<Due[]>`
    SELECT d.org_id, s.stripe_customer_id AS customer, min(d.since) AS since
    FROM (
      SELECT DISTINCT org_id, ${from}::timestamptz AS since FROM overage_reports
      WHERE used_at >= ${from}::timestamptz AND used_at < ${end}::timestamptz
      UNION ALL
      SELECT org_id, day::timestamp AT TIME ZONE 'UTC' FROM overage_differences
      WHERE resolved_at IS NULL AND day >= (${oldest}::timestamptz AT TIME ZONE 'UTC')::date
    ) d JOIN subscriptions s ON s.org_id = d.org_id AND s.stripe_customer_id IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1`;
}

type Sums = Map<number, bigint>;

/** Our sums by the day's first millisecond. Stripe counts whole seconds, which never cross a day's end. */
async function ourSums(
  db: Db,
  { orgId, from, end }: { orgId: string; from: Date; end: Date },
): Promise<Sums> {
  const rows = await db.$queryRaw<{ day: Date; micros: bigint }[]>`
    SELECT date_trunc('day', used_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS day, sum(micros)::bigint AS micros
    FROM overage_reports
    WHERE org_id = ${orgId}::uuid AND used_at >= ${from}::timestamptz AND used_at < ${end}::timestamptz
    GROUP BY 1`;
  return new Map(rows.map(({ day, micros }) => [day.getTime(), micros]));
}

async function stripesSums(
  stripe: Stripe,
  { meter, customer, from, end }: { meter: string; customer: string; from: Date; end: Date },
): Promise<Sums> {
  const sums: Sums = new Map();
  const summaries = stripe.billing.meters.listEventSummaries(meter, {
    customer,
    start_time: from.getTime() / 1_000,
    end_time: end.getTime() / 1_000,
    value_grouping_window: "day",
    limit: 100,
  });
  for await (const { start_time, aggregated_value } of summaries) {
    sums.set(start_time * 1_000, BigInt(Math.round(aggregated_value)));
  }
  return sums;
}

async function keepDifferences(
  db: Db,
  found: { orgId: string; from: Date; end: Date; ours: Sums; stripes: Sums; now: Date },
): Promise<number> {
  const { orgId, ours, stripes, now } = found;
  let differences = 0;
  for (let at = found.from.getTime(); at < found.end.getTime(); at += DAY) {
    const day = new Date(at);
    const [oursMicros, stripesMicros] = [ours.get(at) ?? 0n, stripes.get(at) ?? 0n];
    if (oursMicros === stripesMicros) {
      await db.overageDifference.updateMany({
        where: { orgId, day, resolvedAt: null },
        data: { oursMicros, stripesMicros, checkedAt: now, resolvedAt: now },
      });
      continue;
    }
    differences += 1;
    await db.overageDifference.upsert({
      where: { orgId_day: { orgId, day } },
      create: { orgId, day, oursMicros, stripesMicros, foundAt: now, checkedAt: now },
      update: { oursMicros, stripesMicros, checkedAt: now, resolvedAt: null },
    });
    log().error(
      {
        org_id: toPublicId("org", orgId),
        day: toDay(day),
        ours_micros: Number(oursMicros),
        stripes_micros: Number(stripesMicros),
      },
      "Stripe's meter and our reports of overage differ",
    );
  }
  return differences;
}
