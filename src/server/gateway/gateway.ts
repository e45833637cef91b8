import type { IncomingMessage, ServerResponse } from "node:http";
import { askedToStop } from "@agathaai/core/generations";
import { type Db, SECOND } from "@agathaai/core/platform";
import type { Env } from "@agathaai/core/platform/env";
import { inSpan, isTracing } from "@agathaai/core/platform/observability/trace";
import { credentialRings } from "@agathaai/worker/engine/credentials/credential-rings";
import { createLiveEngine } from "@agathaai/worker/engine/live/live-engine";
import type { Lifecycle } from "../http/lifecycle";
import { clientAddress } from "../http/request/client-address";
import { apiHeaders, type SecurityPolicy } from "../http/security-headers";
import { type CorsPolicy, corsHeaders } from "../rest/cors";
import { answerCall } from "./answer-call";
import { Exchange } from "./exchange";
import { Recordings } from "./generations/recording";
import { generationStreamPath, isGenerationStream, streamAgain } from "./generations/stream-again";
import { OpenCalls } from "./open-calls";
import { type GatewayRoute, gatewayRoutes } from "./routes";

export interface GatewayOptions {
  env: Env;
  db: Db;
  lifecycle: Lifecycle;
  security: SecurityPolicy;
  cors: CorsPolicy;
  trustedProxyHops: number;
}

export interface Gateway {
  /** Whether the request is for the gateway; everything else under `/v1` is the REST dispatcher's. */
  takes(request: IncomingMessage): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Lets answers under way finish, ends them shortly before the time is up, and resolves when all are settled. */
  drain(graceMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The way of model calls that are answered at once: from Node's request to Node's response, without dispatcher, procedure
 * or schema in between.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { db, lifecycle, security, cors, trustedProxyHops } = options;
  const engine = createLiveEngine(options.env, { rings: credentialRings(options.env) });
  const open = new OpenCalls(options.env.OPEN_CALLS_MAX);
  const recordings = new Recordings((ids) => askedToStop(db, ids));
  const common = apiHeaders(security);
  /** Of a call that no page makes, which is nearly every one. */
  const withoutOrigin = new Map(
    [...gatewayRoutes.map(({ path }) => path), generationStreamPath].map((path) => [
      path,
      Object.entries({ ...common, ...corsHeaders(undefined, path, cors) }),
    ]),
  );
  const parts = { db, engine, open, recordings };
  const headersOf = (origin: string | undefined, route: string): [string, string][] =>
    (origin === undefined ? withoutOrigin.get(route) : undefined) ??
    Object.entries({ ...common, ...corsHeaders(origin, route, cors) });
  const calls = new Map<string, GatewayRoute>(gatewayRoutes.map((route) => [route.path, route]));

  return {
    takes: ({ method, url }) =>
      (method === "POST" && calls.has(pathOf(url))) || (method === "GET" && isGenerationStream(pathOf(url))),

    handle: async (incoming, outgoing) => {
      const path = pathOf(incoming.url);
      const call = calls.get(path);
      const route = call === undefined ? generationStreamPath : path;
      const { origin, traceparent } = incoming.headers;
      const exchange = new Exchange(incoming, outgoing, {
        route,
        ip: clientAddress(incoming, trustedProxyHops),
        headers: headersOf(origin, route),
      });
      if (lifecycle.draining) exchange.headers.connection = "close";
      const parent = typeof traceparent === "string" ? traceparent : undefined;
      const answer = () =>
        call === undefined ? streamAgain(exchange, path, parts) : answerCall(exchange, parts, call);
      if (!isTracing()) return await answer();
      await inSpan(`${incoming.method} ${route}`, { kind: "server", parent }, async (span) => {
        await answer();
        span.set({
          "http.request.method": incoming.method,
          "http.route": route,
          "http.response.status_code": outgoing.statusCode,
          "agatha.request_id": exchange.requestId,
          "agatha.org_id": exchange.orgId,
        });
        if (outgoing.statusCode >= 500) span.fail(exchange.errorCode ?? String(outgoing.statusCode));
      });
    },

    drain: (graceMs) => open.drain(Math.max(0, graceMs - Math.min(SECOND, graceMs / 4))),

    close: () => engine.close(),
  };
}

function pathOf(url = "/"): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}
