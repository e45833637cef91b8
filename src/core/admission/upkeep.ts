import { z } from "zod";
import { singleton } from "../platform/concurrency/singleton";
import type { GaugeSource } from "../platform/observability/gauges";
import { gauge } from "../platform/observability/metrics";

const metrics = singleton("admission metrics", () => ({
  open: gauge("agatha_open_calls", "Calls under way whose callers wait, of all processes.", []),
  oldestSeconds: gauge(
    "agatha_open_calls_oldest_age_seconds",
    "Age of the oldest of them; 0 when there is none.",
    [],
  ),
  processes: gauge("agatha_admission_processes", "Processes that admit calls and are alive.", []),
}));

const rows = z.tuple([z.object({ open: z.number(), seconds: z.number(), processes: z.number() })]);

export const admissionGauges: GaugeSource = {
  source: "database",
  gauges: () => Object.values(metrics()),
  async read({ db }) {
    const [{ open, seconds, processes }] = rows.parse(
      await db.$queryRaw`
        SELECT count(*)::int AS open, coalesce(greatest(0, extract(epoch FROM now() - min(created_at))), 0)::float8 AS seconds,
          (SELECT count(*)::int FROM admission_processes WHERE expires_at > now()) AS processes
        FROM open_calls`,
    );
    metrics().open.set(open);
    metrics().oldestSeconds.set(seconds);
    metrics().processes.set(processes);
  },
};
