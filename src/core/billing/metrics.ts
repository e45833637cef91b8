import { z } from "zod";
import type { Db } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { GaugeSource } from "../platform/observability/gauges";
import { counter, gauge } from "../platform/observability/metrics";

export const billingMetrics = singleton("billing metrics", () => ({
  stripeCalls: counter("agatha_stripe_calls_total", "Calls of Stripe by how they ended.", ["outcome"]),
  otherCells: counter(
    "agatha_stripe_other_cell_events_total",
    "Events of Stripe that were ignored because their customer belongs to another cell.",
    [],
  ),
  eventsWaiting: gauge(
    "agatha_stripe_events_oldest_age_seconds",
    "Age of the oldest event of Stripe that was taken and is not done; 0 when there is none.",
    [],
  ),
  incidents: gauge(
    "agatha_billing_incidents",
    "Refunds, disputes and invoices at Stripe that wait for a person.",
    [],
  ),
  overageUnreported: gauge(
    "agatha_overage_unreported_oldest_age_seconds",
    "Age of the oldest use beyond a quota that Stripe's meter has not got yet; 0 when there is none.",
    [],
  ),
  overageDifferences: gauge(
    "agatha_overage_differences",
    "Organizations' days on which Stripe's meter and our reports do not agree.",
    [],
  ),
}));

/** Every value is read from a small partial index or a small table. */
export const billingGauges: GaugeSource = {
  source: "database",
  gauges: () => {
    const { eventsWaiting, incidents, overageUnreported, overageDifferences } = billingMetrics();
    return [eventsWaiting, incidents, overageUnreported, overageDifferences];
  },
  async read({ db }) {
    const [events, overage] = await Promise.all([readEvents(db), readOverage(db)]);
    billingMetrics().eventsWaiting.set(events.seconds);
    billingMetrics().incidents.set(events.incidents);
    billingMetrics().overageUnreported.set(overage.seconds);
    billingMetrics().overageDifferences.set(overage.differences);
  },
};

const eventRows = z.tuple([z.object({ seconds: z.number(), incidents: z.number().int() })]);

/** The age of the oldest received event that is not processed, and the number of open incidents. */
async function readEvents(db: Db): Promise<{ seconds: number; incidents: number }> {
  const rows = await db.$queryRaw`
    SELECT (
      SELECT coalesce(greatest(0, extract(epoch FROM now() - min(received_at))), 0)::float8
      FROM stripe_events WHERE processed_at IS NULL
    ) AS seconds,
    (SELECT count(*)::int FROM billing_incidents WHERE handled_at IS NULL) AS incidents`;
  return eventRows.parse(rows)[0];
}

const overageRows = z.tuple([z.object({ seconds: z.number(), differences: z.number().int() })]);

/** The age of the oldest unreported overage, and the number of days on which Stripe's meter differs. */
async function readOverage(db: Db): Promise<{ seconds: number; differences: number }> {
  const rows = await db.$queryRaw`
    SELECT (
      SELECT coalesce(greatest(0, extract(epoch FROM now() - min(used_at))), 0)::float8
      FROM overage_reports WHERE reported_at IS NULL AND refused_at IS NULL
    ) AS seconds,
    (SELECT count(*)::int FROM overage_differences WHERE resolved_at IS NULL) AS differences`;
  return overageRows.parse(rows)[0];
}
