import { z } from "zod";
import { singleton } from "../../platform/concurrency/singleton";
import type { GaugeSource } from "../../platform/observability/gauges";
import { gauge } from "../../platform/observability/metrics";

const erasureMetrics = singleton("erasure metrics", () => ({
  oldest: gauge(
    "agatha_erasures_oldest_age_seconds",
    "How long the oldest erasure that is due and not complete has been due; 0 when there is none. Those on a legal hold are left out.",
    [],
  ),
  redactions: gauge(
    "agatha_redactions_oldest_age_seconds",
    "How long the oldest erasure has been due whose customer at Stripe is not redacted yet; 0 when there is none.",
    [],
  ),
}));

const ageRows = z.tuple([z.object({ erasures: z.number(), redactions: z.number() })]);

/** A hold only keeps what is not erased yet: what waits for somebody else after that is counted. */
export const erasureGauges: GaugeSource = {
  source: "database",
  gauges: () => Object.values(erasureMetrics()),
  async read({ db }) {
    const rows = await db.$queryRaw`
      SELECT (
        SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 FROM erasures e
        WHERE completed_at IS NULL AND due_at <= now() AND (erased_at IS NOT NULL OR NOT EXISTS (
          SELECT FROM legal_holds h
          WHERE h.subject_type = e.subject_type AND h.subject_id = e.subject_id AND h.released_at IS NULL))
      ) AS erasures, (
        SELECT coalesce(greatest(0, extract(epoch FROM now() - min(due_at))), 0)::float8 FROM erasures
        WHERE customer_id IS NOT NULL AND redacted_at IS NULL
      ) AS redactions`;
    const [{ erasures, redactions }] = ageRows.parse(rows);
    erasureMetrics().oldest.set(erasures);
    erasureMetrics().redactions.set(redactions);
  },
};
