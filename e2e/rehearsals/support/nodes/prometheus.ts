import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { systemPort } from "../../../../infra/local/process/ports";
import { guard } from "../../../../infra/local/process/watchdog";
import { monitoringFile, RULE_FILES } from "../../../../infra/monitoring/read-alerts";
import { shortenRules } from "../../../../infra/monitoring/shorten-rules";
import { until } from "../../../../infra/testing/until";

/** Debian and Ubuntu: apt-get install prometheus. */
export const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;

export interface Prometheus {
  /** Names of the alerts that fire now. */
  firing(): ReadonlySet<string>;
  /** Alerts that began to fire since then (`performance.now()`), with how long after it, in seconds. */
  since(at: number): Map<string, number>;
  stop(): Promise<void>;
}

/** A source of ours is given up after three seconds, and Prometheus takes no longer for a scrape than between two. */
const SCRAPE = "3s";
const LOOK_MS = 500;

const configSchema = z.looseObject({
  scrape_configs: z.array(z.looseObject({ job_name: z.string() })),
});
const alertsSchema = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.looseObject({ alertname: z.string() }) })),
  }),
});

/** A real Prometheus with our own configuration and rules; windows are shortened, and it is pointed at these processes. */
export async function startPrometheus(options: {
  factor: number;
  token: string;
  targets: { server: string[]; worker: string[] };
}): Promise<Prometheus> {
  const home = mkdtempSync(join(tmpdir(), "agathaai-prometheus-"));
  const write = (name: string, text: string) => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const token = write("token", options.token);
  for (const file of RULE_FILES) write(file, shortenRules(file, options.factor));
  const { alerting: _, ...config } = configSchema.parse(
    parse(readFileSync(monitoringFile("prometheus.yml"), "utf8")),
  );
  const config_ = {
    ...config,
    global: { scrape_interval: SCRAPE, scrape_timeout: SCRAPE, evaluation_interval: "1s" },
    scrape_configs: config.scrape_configs.map((job) => ({
      ...job,
      authorization: { type: "Bearer", credentials_file: token },
      static_configs: [
        { targets: job.job_name === "agathaai-server" ? options.targets.server : options.targets.worker },
      ],
    })),
  };
  const port = await systemPort();
  const server = spawn(
    "prometheus",
    [
      `--config.file=${write("prometheus.yml", stringify(config_))}`,
      `--storage.tsdb.path=${join(home, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { env: { ...process.env, GOMAXPROCS: "1" }, stdio: ["ignore", "inherit", "inherit"] },
  );
  const standDown = server.pid === undefined ? () => undefined : guard(server.pid, "KILL");
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  await until(async () => (await ask("/-/ready"))?.ok === true);

  const began = new Map<string, number[]>();
  let firing: ReadonlySet<string> = new Set();
  let stopped = false;
  const look = async () => {
    for (; !stopped; await sleep(LOOK_MS)) {
      const answer = await ask("/api/v1/alerts");
      if (answer?.ok !== true) continue;
      const { alerts } = alertsSchema.parse(await answer.json()).data;
      const now = new Set(
        alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels.alertname),
      );
      for (const name of now)
        if (!firing.has(name)) began.set(name, [...(began.get(name) ?? []), performance.now()]);
      firing = now;
    }
  };
  const looking = look();
  return {
    firing: () => firing,
    since: (at) =>
      new Map(
        [...began].flatMap(([name, times]) => {
          const first = times.find((time) => time >= at);
          return first === undefined ? [] : [[name, (first - at) / 1_000] as const];
        }),
      ),
    stop: async () => {
      stopped = true;
      await looking;
      server.kill("SIGTERM");
      await exited;
      standDown();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
