import { scrape } from "../scrape";
import { type Installation, TOKEN } from "./installation";

/** What the runbooks tell whoever is called to look at first, done, and what it says. */
export function runbookLooks({ processes, workers, database }: Installation) {
  const ofServer = () => scrape(`${processes.url}/api/metrics`, TOKEN);
  const ofWorkers = () =>
    Promise.all(
      workers.map(({ WORKER_METRICS_PORT: port }) => scrape(`http://127.0.0.1:${port}/metrics`, TOKEN)),
    );
  const all = async () => [await ofServer(), ...(await ofWorkers())].flatMap((samples) => samples ?? []);
  return {
    /** `GET /api/ready` names what is unavailable. */
    async ready(): Promise<string> {
      const answer = await fetch(`${processes.url}/api/ready`);
      const { checks } = (await answer.json()) as { checks: Record<string, { status: string }> };
      const bad = Object.entries(checks).filter(([, { status }]) => status !== "ok");
      return `/api/ready ${answer.status}: ${bad.map(([name, { status }]) => `${name} ${status}`).join(", ")}`;
    },
    /** Which kinds of failure the attempts at providers have had, since the processes started. */
    async kinds(): Promise<string> {
      const by = new Map<string, number>();
      for (const { name, labels, value } of await all()) {
        if (name !== "agatha_provider_errors_total") continue;
        const kind = labels["kind"] ?? "";
        by.set(kind, (by.get(kind) ?? 0) + value);
      }
      return `kinds: ${[...by].map(([kind, count]) => `${kind} ${count}`).join(", ")}`;
    },
    async down(): Promise<string> {
      const silent = (await ofWorkers()).filter((samples) => samples === undefined);
      return `${silent.length} of ${workers.length} workers give no metrics`;
    },
    async skew(): Promise<string> {
      const skews = (await all()).filter(({ name }) => name === "agatha_clock_skew_seconds");
      return `ahead by ${skews.map(({ value }) => value.toFixed(1)).join(", ")} s`;
    },
    /** The statement of the runbook about storage; a server that has ended says nothing. */
    async grown(): Promise<string> {
      try {
        return await database.connected(async (sql) => {
          const { rows } = await sql.query<{ relname: string; size: string }>(
            "SELECT relname, pg_size_pretty(pg_total_relation_size(oid)) AS size FROM pg_class ORDER BY pg_total_relation_size(oid) DESC LIMIT 1",
          );
          return `largest: ${rows[0]?.relname} ${rows[0]?.size}`;
        });
      } catch (error) {
        return `PostgreSQL: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
    nothing: async () => "",
  };
}
