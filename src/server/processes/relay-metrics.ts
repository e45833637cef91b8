import cluster from "node:cluster";
import { z } from "zod";

/**
 * The messages between processes and their primary about metrics: a process asks for those of all, the primary asks each,
 * each answers with its own, and the primary with all of them. `id` is the question's.
 */
export const metricsMessage = z.object({
  about: z.enum(["metrics of all", "your metrics", "my metrics", "all metrics"]),
  id: z.string(),
  values: z.array(z.unknown()).default([]),
});
export type MetricsMessage = z.input<typeof metricsMessage>;

/** A process that is busy for longer is left out of this scrape. */
const TIMEOUT_MS = 4_000;

/** In the primary: gathers each process's metrics for the one that is scraped. */
export function relayMetrics(): void {
  const open = new Map<string, { due: number; values: unknown[]; answer(): void }>();
  cluster.on("message", (asker, message: unknown) => {
    const { data } = metricsMessage.safeParse(message);
    if (data === undefined) return;
    if (data.about === "my metrics") {
      const gathering = open.get(data.id);
      gathering?.values.push(data.values);
      if (gathering?.values.length === gathering?.due) gathering?.answer();
      return;
    }
    if (data.about !== "metrics of all") return;
    const { id } = data;
    const asked = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected());
    const values: unknown[] = [];
    const answer = () => {
      clearTimeout(late);
      open.delete(id);
      const all: MetricsMessage = { about: "all metrics", id, values };
      if (asker.isConnected()) asker.send(all);
    };
    const late = setTimeout(answer, TIMEOUT_MS);
    open.set(id, { due: asked.length, values, answer });
    const question: MetricsMessage = { about: "your metrics", id };
    for (const worker of asked) worker?.send(question);
  });
}
