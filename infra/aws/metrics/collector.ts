import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { metricsKept } from "./rules";

/** Rules look at windows of five minutes and more: a figure a minute is enough, and a quarter of the price of Prometheus's own. */
const EVERY = "60s";
/** Of the container's 192 MiB. */
export const COLLECTOR_MIB = 192;
const LIMIT_MIB = 140;

const collectorFile = z.object({
  processors: z
    .object({
      memory_limiter: z.record(z.string(), z.unknown()),
      batch: z.record(z.string(), z.unknown()),
      resourcedetection: z.record(z.string(), z.unknown()),
    })
    .loose(),
});
const prometheusFile = z.object({
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      metrics_path: z.string(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })),
    }),
  ),
});
const read = (file: string) =>
  parse(readFileSync(new URL(`../../monitoring/${file}`, import.meta.url), "utf8")) as unknown;

/** What the collector itself puts in, when it starts. */
const ofEnvironment = (name: string) => ["$", `{env:${name}}`].join("");

/** Port and path of a job, as `prometheus.yml` says it to Prometheus. */
export function scrapeOf(command: "server" | "worker") {
  const { scrape_configs: jobs } = prometheusFile.parse(read("prometheus.yml"));
  const job = jobs.find(({ job_name }) => job_name === `agathaai-${command}`);
  const port = job?.static_configs[0]?.targets[0]?.split(":")[1];
  if (job === undefined || port === undefined) throw new Error(`prometheus.yml has no job of the ${command}`);
  return { job: job.job_name, path: job.metrics_path, port: Number(port) };
}

/**
 * The configuration of the collector beside a task: it reads the metrics of the one process group in its own task, keeps what
 * a rule or a panel asks for, and writes it into the placement's workspace. Processors are those of `collector.yml`.
 */
export function collectorConfig({
  command,
  remoteWriteUrl,
  region,
}: {
  command: "server" | "worker";
  remoteWriteUrl: string;
  region: string;
}): string {
  const { processors } = collectorFile.parse(read("collector.yml"));
  const { job, path, port } = scrapeOf(command);
  return stringify({
    extensions: {
      health_check: { endpoint: "127.0.0.1:13133" },
      sigv4auth: { region, service: "aps" },
    },
    receivers: {
      prometheus: {
        config: {
          global: { scrape_interval: EVERY, scrape_timeout: "20s" },
          scrape_configs: [
            {
              job_name: job,
              metrics_path: path,
              authorization: { type: "Bearer", credentials: ofEnvironment("METRICS_TOKEN") },
              static_configs: [{ targets: [`127.0.0.1:${port}`] }],
              metric_relabel_configs: [
                { source_labels: ["__name__"], regex: metricsKept().join("|"), action: "keep" },
              ],
            },
          ],
        },
      },
    },
    processors: {
      memory_limiter: { ...processors.memory_limiter, limit_mib: LIMIT_MIB },
      resourcedetection: processors.resourcedetection,
      // Every task reads from its own 127.0.0.1: only the task's name tells their series apart.
      resource: {
        attributes: [{ key: "service.instance.id", from_attribute: "aws.ecs.task.arn", action: "upsert" }],
      },
      batch: processors.batch,
    },
    exporters: {
      prometheusremotewrite: {
        endpoint: remoteWriteUrl,
        auth: { authenticator: "sigv4auth" },
        // Names stay those that the rules ask for.
        add_metric_suffixes: false,
        target_info: { enabled: false },
      },
    },
    service: {
      extensions: ["health_check", "sigv4auth"],
      telemetry: { metrics: { level: "none" } },
      pipelines: {
        metrics: {
          receivers: ["prometheus"],
          processors: ["memory_limiter", "resourcedetection", "resource", "batch"],
          exporters: ["prometheusremotewrite"],
        },
      },
    },
  });
}

/** The collector's image by its digest: copied into each region's registry by the delivery, moved by Dependabot. */
export function collectorImage(): { source: string; digest: string } {
  const file = readFileSync(new URL("../../docker/collector/Dockerfile", import.meta.url), "utf8");
  const [, source, digest] = /^FROM (\S+):[\w.-]+@(sha256:[0-9a-f]{64})$/m.exec(file) ?? [];
  if (source === undefined || digest === undefined)
    throw new Error("infra/docker/collector/Dockerfile names no image by tag and digest");
  return { source, digest };
}
