import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { scrapeAccess } from "@agathaai/core/platform/observability/metrics-export/metrics-guard";
import {
  METRICS_TYPE,
  renderMetrics,
} from "@agathaai/core/platform/observability/metrics-export/render-metrics";
import { gaugeSources } from "@agathaai/core/upkeep";
import type { JobContext } from "./engine/job/job-context";

export interface MetricsOptions {
  port: number;
  token: string | undefined;
}

/** `GET /metrics` of a worker, its only endpoint. Without a token it listens on the loopback address alone. */
export async function serveMetrics(
  { db, queue, log }: Pick<JobContext, "db" | "queue" | "log">,
  { port, token }: MetricsOptions,
): Promise<Server> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const access = scrapeAccess(request, token);
    if (request.url !== "/metrics" || access === "hidden") return response.writeHead(404).end();
    if (access === "refused") return response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    const body = await renderMetrics({ db, queue }, gaugeSources);
    return response.writeHead(200, { "content-type": METRICS_TYPE, "cache-control": "no-store" }).end(body);
  };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      log.error({ err: error }, "metrics could not be written");
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, token === undefined ? "127.0.0.1" : undefined, resolve);
  });
  log.info({ address: server.address() }, "metrics served");
  return server;
}
