import Stripe from "stripe";
import { type Clock, DAY, type Db, HOUR, MINUTE, systemClock, toPublicId } from "../../platform";
import { log } from "../../platform/observability/log";
import { OVERAGE_EVENT } from "../prices/overage-price";
import { findCustomerId } from "../stripe/customer";

/** Stripe accepts events of the past 35 days. */
const OLDEST_MS = 35 * DAY - HOUR;
/** Stripe takes one event of a customer at a time; customers do not wait for each other. */
const CUSTOMERS_AT_ONCE = 8;
/**
 * This many reports are marked as sent at once. If the process dies in between, as many are sent again, and Stripe recognizes
 * them.
 */
const ROWS_AT_ONCE = 50;
/** Further reports wait for the next run. */
const LONGEST_RUN_MS = 10 * MINUTE;

export interface OverageReported {
  reported: number;
  /** Never sent: too old for Stripe, or the organization is no longer a customer. */
  refused: number;
}

interface Run extends OverageReported {
  db: Db;
  stripe: Stripe;
  clock: Clock;
  stopped(): boolean;
}

/**
 * Sends overage to Stripe's meter. Safe to interrupt, repeat and run concurrently: each report carries its request's
 * id, under which Stripe counts it once. `orgId` limits the run to one organization.
 */
export async function reportOverage(
  db: Db,
  stripe: Stripe,
  { signal, orgId, clock = systemClock }: { signal?: AbortSignal; orgId?: string; clock?: Clock } = {},
): Promise<OverageReported> {
  const deadline = performance.now() + LONGEST_RUN_MS;
  const stopped = () => signal?.aborted === true || performance.now() > deadline;
  const run: Run = { db, stripe, clock, stopped, reported: 0, refused: 0 };
  await refuseOld(run);
  const waiting = await db.overageReport.groupBy({
    by: ["orgId"],
    where: { reportedAt: null, refusedAt: null, ...(orgId !== undefined && { orgId }) },
    _min: { usedAt: true },
    orderBy: { _min: { usedAt: "asc" } },
  });
  const orgs = waiting.map((row) => row.orgId);
  const workers = Array.from({ length: CUSTOMERS_AT_ONCE }, async () => {
    for (let next = orgs.shift(); next !== undefined && !stopped(); next = orgs.shift()) {
      await reportOrganization(run, next);
    }
  });
  // Every worker finishes recording its reports. The run then fails with the first error, for example when Stripe
  // is down.
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((worker) => worker.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return { reported: run.reported, refused: run.refused };
}

async function reportOrganization(run: Run, orgId: string): Promise<void> {
  const { db, stopped, clock } = run;
  const customer = await findCustomerId(db, orgId);
  if (customer === undefined) {
    await refuse(run, "no_customer", { orgId });
    return;
  }
  for (let more = true; more && !stopped(); ) {
    const reports = await db.overageReport.findMany({
      where: { orgId, reportedAt: null, refusedAt: null },
      orderBy: { usedAt: "asc" },
      take: ROWS_AT_ONCE,
    });
    const sent: string[] = [];
    more = reports.length === ROWS_AT_ONCE;
    try {
      for (const report of reports) {
        if (stopped()) break;
        if (!(await send(run, customer, report))) {
          more = false;
          break;
        }
        sent.push(report.requestId);
      }
    } finally {
      const { count } = await db.overageReport.updateMany({
        where: { requestId: { in: sent }, reportedAt: null },
        data: { reportedAt: clock.now() },
      });
      run.reported += count;
    }
  }
}

/** False when Stripe refused this report; the organization's other reports then wait for the next run. */
async function send(
  { stripe }: Run,
  customer: string,
  { requestId, orgId, micros, usedAt }: { requestId: string; orgId: string; micros: bigint; usedAt: Date },
): Promise<boolean> {
  try {
    await stripe.billing.meterEvents.create({
      event_name: OVERAGE_EVENT,
      identifier: toPublicId("inf", requestId),
      timestamp: Math.floor(usedAt.getTime() / 1_000),
      payload: { stripe_customer_id: customer, value: micros.toString() },
    });
    return true;
  } catch (error) {
    if (isKnownAlready(error)) return true;
    // Stripe is down or refuses our account: that concerns every customer, so the run ends.
    if (!isAboutOne(error)) throw error;
    log().error(
      { err: error, org_id: toPublicId("org", orgId), inference_id: toPublicId("inf", requestId) },
      "Stripe did not take a report of overage; it is tried again",
    );
    return false;
  }
}

function isKnownAlready(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    (error.code === "duplicate_meter_event" || /already exists with identifier/i.test(error.message))
  );
}

function isAboutOne(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError ||
    error instanceof Stripe.errors.StripeRateLimitError
  );
}

async function refuseOld(run: Run): Promise<void> {
  await refuse(run, "too_old", { usedAt: { lt: new Date(run.clock.now().getTime() - OLDEST_MS) } });
}

type Refusal = "too_old" | "no_customer";

/** This money will never be invoiced, so an operator has to know. */
async function refuse(
  run: Run,
  refusal: Refusal,
  which: { orgId: string } | { usedAt: { lt: Date } },
): Promise<void> {
  const where = { ...which, reportedAt: null, refusedAt: null };
  const lost = await run.db.overageReport.groupBy({ by: ["orgId"], where, _sum: { micros: true } });
  if (lost.length === 0) return;
  const { count } = await run.db.overageReport.updateMany({
    where,
    data: { refusedAt: run.clock.now(), refusal },
  });
  run.refused += count;
  for (const { orgId, _sum } of lost) {
    log().error(
      { org_id: toPublicId("org", orgId), micros: Number(_sum.micros ?? 0n), refusal },
      "overage cannot be reported to Stripe any more and is not invoiced",
    );
  }
}
