import { setMaxListeners } from "node:events";
import { flushAudit, warnOfUnrestrictedRole } from "@agathaai/core/audit";
import { untilErasuresRepeated } from "@agathaai/core/org-deletion";
import { startCellGuard, stopCellGuard, untilMayWrite } from "@agathaai/core/platform/cell/running-guard";
import { mayWrite, onStanding } from "@agathaai/core/platform/cell/standing";
import { closeDb } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import {
  startMetricsExport,
  stopMetricsExport,
} from "@agathaai/core/platform/observability/metrics-export/otlp-metrics";
import { readMetrics } from "@agathaai/core/platform/observability/metrics-export/render-metrics";
import { startTracing, stopTracing } from "@agathaai/core/platform/observability/trace";
import { evidenceStorage } from "@agathaai/core/platform/storage";
import { gaugeSources } from "@agathaai/core/upkeep";
import { streamAudit } from "./audit-streams/stream-audit";
import { createJobContext } from "./engine/job/job-context";
import { consumeQueue } from "./queue/consume-queue";
import { scheduledJobs } from "./schedule";
import { runScheduler } from "./schedule/run-scheduler";
import { serveMetrics } from "./serve-metrics";
import { deliverWebhooks } from "./webhooks/deliver-webhooks";

/**
 * How long releasing running requests may take after the grace period, so that a hanging database does not block the
 * exit.
 */
const RELEASE_MS = 5_000;

await startTracing("agathaai-worker");
await startCellGuard();
const context = createJobContext();
const { log, queue } = context;
const settings = env();
await startMetricsExport("agathaai-worker", () => readMetrics({ db: context.db, queue }, gaugeSources));
const stop = new AbortController();
const abort = new AbortController();
// Every running request and waiting job listens to these; more than Node's default of ten listeners is no leak.
setMaxListeners(0, stop.signal, abort.signal);

const seen = new Set<NodeJS.Signals>();
let started = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    // Ctrl-C and a supervisor's SIGTERM may arrive together; only the same signal twice means "now".
    if (seen.has(signal)) process.exit(1);
    seen.add(signal);
    drain(signal);
  });
}

/** Whoever may not write any more claims nothing; what comes after it is a new process's. */
onStanding(() => {
  if (started && !mayWrite()) drain("epoch");
});

function drain(signal: NodeJS.Signals | "epoch"): void {
  if (stop.signal.aborted) return;
  log.info({ signal, grace_ms: settings.SHUTDOWN_GRACE_MS }, "worker draining");
  stop.abort();
  setTimeout(() => abort.abort(), settings.SHUTDOWN_GRACE_MS).unref();
  setTimeout(() => {
    log.error("worker gave up releasing requests; their leases will expire instead");
    process.exit(1);
  }, settings.SHUTDOWN_GRACE_MS + RELEASE_MS).unref();
}

const { WORKER_METRICS_PORT: metricsPort, METRICS_TOKEN: token } = settings;
const metricsServer =
  metricsPort === undefined ? undefined : await serveMetrics(context, { port: metricsPort, token });

log.info(
  {
    owner: context.owner,
    standard: settings.WORKER_CONCURRENCY,
    enterprise: settings.WORKER_ENTERPRISE_CONCURRENCY,
  },
  "worker ready",
);

const signals = { stop: stop.signal, abort: abort.signal };
await untilMayWrite(stop.signal);
started = true;
// A restored backup may contain erased data: no job runs before it is erased again.
await untilErasuresRepeated(context.db, evidenceStorage(), { signal: stop.signal });
await warnOfUnrestrictedRole(context.db);
await Promise.all([
  consumeQueue(context, { queueName: "standard", concurrency: settings.WORKER_CONCURRENCY, ...signals }),
  consumeQueue(context, {
    queueName: "enterprise",
    concurrency: settings.WORKER_ENTERPRISE_CONCURRENCY,
    ...signals,
  }),
  runScheduler(context, scheduledJobs(settings), stop.signal),
  deliverWebhooks(context, stop.signal),
  streamAudit(context, stop.signal),
]);
await stopMetricsExport();
await queue.close();
await flushAudit();
stopCellGuard();
await closeDb();
metricsServer?.close();
await stopTracing();
log.info("worker stopped");
process.exit(0);
