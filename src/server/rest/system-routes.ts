import { jwks } from "@agathaai/core/accounts";
import { AppError } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { checkReadiness } from "@agathaai/core/platform/observability/health";
import { scrapeAccess } from "@agathaai/core/platform/observability/metrics-export/metrics-guard";
import { METRICS_TYPE } from "@agathaai/core/platform/observability/metrics-export/render-metrics";
import { queue } from "@agathaai/core/platform/queue/queue";
import { gaugeSources } from "@agathaai/core/upkeep";
import { z } from "zod";
import { unknownRoute } from "../errors/unknown-route";
import { metricsOfAll } from "../processes/metrics-of-all";
import { respondJson } from "./respond";
import { statusRoutes } from "./status/status-routes";
import type { SystemRoute } from "./system-route";

const healthSchema = z.strictObject({ status: z.literal("ok") });

const checkSchema = z.strictObject({
  status: z.enum(["ok", "failed", "degraded"]).meta({ description: "`degraded`: calls work without it." }),
  latency_ms: z.number().nonnegative(),
});
const readinessSchema = z.strictObject({
  status: z.enum(["ready", "not_ready", "draining"]),
  checks: z.record(z.string(), checkSchema),
});

const jwksSchema = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal("RSA"),
      use: z.literal("sig"),
      alg: z.literal("RS256"),
      kid: z.string(),
      n: z.string(),
      e: z.string(),
    }),
  ),
});

const documentSchema = z.looseObject({ openapi: z.string() });

const health: SystemRoute = {
  path: "/api/health",
  operationId: "getHealth",
  summary: "Check that the process is alive",
  description: "Returns 200 as long as the process runs. Does not check any dependency.",
  responses: {
    200: { name: "Health", description: "Alive.", schema: healthSchema, example: { status: "ok" } },
  },
  serve: (c) => respondJson(c.var.call, 200, { status: "ok" }),
};

const ready: SystemRoute = {
  path: "/api/ready",
  operationId: "getReadiness",
  summary: "Check that the process is ready for traffic",
  description:
    "Checks the dependencies. Returns 503 while one that calls need is out of reach, and while the process drains.",
  responses: {
    200: {
      name: "Readiness",
      description: "Ready.",
      schema: readinessSchema,
      example: { status: "ready", checks: { database: { status: "ok", latency_ms: 1 } } },
    },
    503: {
      name: "Readiness",
      description: "Not ready, or draining.",
      schema: readinessSchema,
      example: { status: "not_ready", checks: { database: { status: "failed", latency_ms: 2_000 } } },
    },
  },
  serve: async (c, { lifecycle }) => {
    const { call } = c.var;
    if (lifecycle.draining) return respondJson(call, 503, { status: "draining", checks: {} });
    const readiness = await checkReadiness();
    return respondJson(call, readiness.status === "ready" ? 200 : 503, readiness);
  },
};

const keySet: SystemRoute = {
  path: "/.well-known/jwks.json",
  operationId: "getJwks",
  summary: "Get the keys that verify access tokens",
  description:
    "Returns the public keys (RFC 7517) that verify access tokens: the one that signs now and those it replaced.",
  responses: {
    200: {
      name: "KeySet",
      description: "The keys.",
      schema: jwksSchema,
      example: { keys: [{ kty: "RSA", use: "sig", alg: "RS256", kid: "2b7Q…", n: "sXch…", e: "AQAB" }] },
    },
  },
  serve: async (c) => {
    c.var.call.headers.set("cache-control", "public, max-age=300");
    return respondJson(c.var.call, 200, await jwks());
  },
};

const document: SystemRoute = {
  path: "/api/openapi.json",
  operationId: "getOpenApiDocument",
  summary: "Get this document",
  description:
    "Returns the whole API as OpenAPI 3.1, compressed if the caller accepts gzip or br. Send its `etag` as `if-none-match` to get an empty 304 until it changes.",
  responses: {
    200: {
      name: "OpenApiDocument",
      description: "The document.",
      schema: documentSchema,
      example: { openapi: "3.1.0" },
    },
  },
  serve: (c, { document }) => document.respond(c),
};

const metrics: SystemRoute = {
  path: "/api/metrics",
  operationId: "getMetrics",
  summary: "Get metrics for Prometheus",
  description:
    "Returns metrics in Prometheus's text format, for whoever runs this installation. Requires its token (`METRICS_TOKEN`) as `Authorization: Bearer …`. If none is configured, only callers on the same machine are served; for everyone else, the path does not exist.",
  responses: {
    200: {
      name: "Metrics",
      description: "Every metric with its current value.",
      schema: z.string(),
      mediaType: "text/plain",
      example:
        '# TYPE agatha_http_requests_total counter\nagatha_http_requests_total{route="/api/v1/models",method="GET",status="200"} 42\n',
    },
  },
  security: [{ metricsToken: [] }, {}],
  errors: ["missing_credentials", "unknown_route"],
  serve: async (c, { metricsToken }) => {
    const { headers } = c.var.call;
    switch (scrapeAccess(c.env.incoming, metricsToken)) {
      case "hidden":
        throw unknownRoute();
      case "refused":
        throw new AppError("missing_credentials", { public: "Send the metrics token as a bearer token." });
      case "granted":
        headers.set("content-type", METRICS_TYPE);
        return new Response(await metricsOfAll({ db: db(), queue: queue() }, gaugeSources), {
          status: 200,
          headers,
        });
    }
  },
};

/** Routes of the process itself: they need no caller and count against no limit. */
export const systemRoutes: readonly SystemRoute[] = [
  health,
  ready,
  keySet,
  document,
  metrics,
  ...statusRoutes,
];
