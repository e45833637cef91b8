import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { admission, closeAdmission } from "@agathaai/core/admission";
import { flushAudit, warnOfUnrestrictedRole } from "@agathaai/core/audit";
import { flushSends } from "@agathaai/core/inference";
import { flushLastUsed } from "@agathaai/core/keys";
import { setOperatorRouting, setPlaces } from "@agathaai/core/models";
import { untilErasuresRepeated } from "@agathaai/core/org-deletion";
import { SECOND } from "@agathaai/core/platform";
import { startCellGuard, stopCellGuard } from "@agathaai/core/platform/cell/running-guard";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db, openDb } from "@agathaai/core/platform/db/client";
import { maintainPartitions } from "@agathaai/core/platform/db/partitions";
import type { Env } from "@agathaai/core/platform/env";
import { log } from "@agathaai/core/platform/observability/log";
import {
  startMetricsExport,
  stopMetricsExport,
} from "@agathaai/core/platform/observability/metrics-export/otlp-metrics";
import { readMetrics } from "@agathaai/core/platform/observability/metrics-export/render-metrics";
import { startTracing, stopTracing } from "@agathaai/core/platform/observability/trace";
import { queue } from "@agathaai/core/platform/queue/queue";
import { closeRedis } from "@agathaai/core/platform/redis";
import { evidenceStorage } from "@agathaai/core/platform/storage";
import { gaugeSources, partitionedTables } from "@agathaai/core/upkeep";
import { getRequestListener } from "@hono/node-server";
import { createGateway } from "./gateway/gateway";
import { closeServer, createHttpServer, type Handlers } from "./http/http-server";
import { Lifecycle } from "./http/lifecycle";
import { openPages, type Pages } from "./http/pages";
import { settleApiRequests } from "./http/record-api-request";
import { createOauth } from "./oauth/oauth";
import { createProvider } from "./oauth/provider/create-provider";
import { offerMetrics } from "./processes/metrics-of-all";
import { createDirect } from "./rest/direct/direct";
import { createRestApp } from "./rest/dispatcher";
import { respondMalformed } from "./rest/respond";
import { createScim } from "./scim/scim";

export interface RunningServer {
  port: number;
  /** Drains and closes everything; resolves when the process may end. */
  stop: () => Promise<void>;
}

/** How long load balancers get to notice that this process is leaving before it refuses connections. */
const LAME_DUCK_MS = 5 * SECOND;
/** How long the port stays closed while erasures are repeated; then it opens, but only for health checks. */
const HELD_BACK_MS = 5 * SECOND;

/** Starts API and portal on one port. Rejects when the port cannot be had. */
export async function startServer(env: Env): Promise<RunningServer> {
  setOperatorRouting(env.MODEL_ROUTING);
  setPlaces(env);
  await startTracing("agathaai-server");
  await startCellGuard();
  const lifecycle = new Lifecycle();
  const security = { appUrl: env.APP_URL, development: env.NODE_ENV === "development" };
  const trustedProxyHops = env.TRUSTED_PROXY_HOPS;
  const cors = { allowedOrigins: env.CORS_ORIGINS, ownOrigin: new URL(env.APP_URL).origin };
  const common = {
    db: openDb({ queryTimeoutMs: env.DATABASE_QUERY_TIMEOUT_MS }),
    lifecycle,
    security,
    cors,
    trustedProxyHops,
  };
  await startMetricsExport("agathaai-server", () =>
    readMetrics({ db: common.db, queue: queue() }, gaugeSources),
  );
  const rest = createRestApp({ ...common, queue: queue(), metricsToken: env.METRICS_TOKEN });
  const direct = createDirect({ ...common, queue: queue() });
  const gateway = createGateway({ ...common, env });
  const oauth = createOauth({ ...common, provider: await createProvider(db) });
  const scim = createScim(common);
  const api = getRequestListener(rest.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => respondMalformed(security),
  });

  const handlers: Handlers = { gateway, oauth, scim, direct, api, pages: undefined, held: true };
  const server = createHttpServer(() => handlers, {
    ownHost: new URL(env.APP_URL).host,
    behindProxy: trustedProxyHops > 0,
  });
  let pages: Pages | undefined;
  if (env.SERVE === "all") {
    pages = await openPages({ server, security, lifecycle, trustedProxyHops });
    handlers.pages = pages.handle;
  }
  await preparePartitions();
  await warnOfUnrestrictedRole(db());
  // Ahead of the first call, which opens it where PostgreSQL is away now.
  admission()
    .start()
    .catch((error: unknown) => log().warn({ err: error }, "calls cannot be admitted yet"));
  offerMetrics(() => ({ db: db(), queue: queue() }), gaugeSources);
  const stopping = new AbortController();
  const erased = untilErasuresRepeated(db(), evidenceStorage(), stopping).then((done) => {
    handlers.held = !done;
  });
  // Usually a list and one index. While a store is out of reach, the process is alive but serves nothing yet.
  await Promise.race([erased, sleep(HELD_BACK_MS, undefined, { ref: false })]);
  const port = await listen(server, env.PORT);
  log().info({ port, serve: env.SERVE, node: process.version }, "listening");

  return {
    port,
    stop: async () => {
      stopping.abort();
      stopCellGuard();
      lifecycle.drain();
      log().info({ grace_ms: env.SHUTDOWN_GRACE_MS }, "draining");
      const lameDuckMs = trustedProxyHops > 0 ? LAME_DUCK_MS : 0;
      const answered = gateway.drain(env.SHUTDOWN_GRACE_MS);
      await closeServer(server, { lameDuckMs, graceMs: env.SHUTDOWN_GRACE_MS });
      await pages?.close();
      await answered;
      await settle("gateway", gateway.close());
      await settle("admission", closeAdmission());
      await settle("sends", flushSends());
      await settle("last-used times", flushLastUsed(db()));
      await settle("metrics", stopMetricsExport());
      await settle("queue", queue().close());
      await settle("mails", drainAfterResponse());
      closeRedis();
      await settle("calls to record", settleApiRequests());
      await settle("audit log", flushAudit());
      await settle("database", closeDb());
      await settle("traces", stopTracing());
      log().info("stopped");
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The worker keeps partitions too: a database out of reach now must not keep the server from starting. */
async function preparePartitions(): Promise<void> {
  try {
    await maintainPartitions(db(), partitionedTables);
  } catch (error) {
    log().error({ err: error }, "partitions could not be prepared at start-up");
  }
}

async function settle(what: string, closing: Promise<unknown>): Promise<void> {
  try {
    await closing;
  } catch (error) {
    log().error({ err: error }, `closing failed: ${what}`);
  }
}
