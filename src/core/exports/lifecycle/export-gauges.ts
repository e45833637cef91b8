import { z } from "zod";
import { singleton } from "../../platform/concurrency/singleton";
import type { GaugeSource } from "../../platform/observability/gauges";
import { gauge } from "../../platform/observability/metrics";

const exportMetrics = singleton("export metrics", () => ({
  oldest: gauge(
    "agatha_exports_oldest_age_seconds",
    "Age of the oldest export that is not made, or whose link was not emailed; 0 when there is none.",
    [],
  ),
}));

const ageRows = z.tuple([z.object({ seconds: z.number() })]);

/** The condition is that of the index `data_exports_to_do`. */
export const exportGauges: GaugeSource = {
  source: "database",
  gauges: () => [exportMetrics().oldest],
  async read({ db }) {
    const rows = await db.$queryRaw`
      SELECT coalesce(greatest(0, extract(epoch FROM now() - min(created_at))), 0)::float8 AS seconds
      FROM data_exports
      WHERE status IN ('waiting', 'running', 'ready') AND (status <> 'ready' OR emailed_at IS NULL)`;
    exportMetrics().oldest.set(ageRows.parse(rows)[0].seconds);
  },
};
