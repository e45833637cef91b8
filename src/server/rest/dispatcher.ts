import { actorOf } from "@agathaai/core/audit";
import { AppError, type Db, type Principal } from "@agathaai/core/platform";
import type { Queue } from "@agathaai/core/platform/queue/queue";
import { Hono } from "hono";
import { resolvePrincipal } from "../auth/principal";
import { logFailure } from "../errors/report-error";
import { toAppError } from "../errors/to-app-error";
import { unknownRoute } from "../errors/unknown-route";
import { generationStreamPath } from "../gateway/generations/stream-again";
import { gatewayRoutes } from "../gateway/routes";
import type { Lifecycle } from "../http/lifecycle";
import { parseFallback, parseIdempotencyKey, parseWait } from "../http/request/call-options";
import { apiHeaders, type SecurityPolicy } from "../http/security-headers";
import type { Context } from "../trpc/context";
import type { RestContext, RestEnv } from "./call";
import { type CorsPolicy, corsHeaders, preflightHeaders } from "./cors";
import { readInput } from "./input/read-input";
import { ApiDocument } from "./openapi/api-document";
import { renderOpenApi } from "./openapi/openapi";
import { onlyStatus, type RestProcedure, restProcedures } from "./operations";
import { respondEmpty, respondError, respondFile, respondJson } from "./respond";
import { stripeWebhookPath, takeStripeWebhook } from "./stripe-webhook";
import { systemRoutes } from "./system-routes";
import { trackCall } from "./track-call";

export interface RestOptions {
  db: Db;
  queue: Queue;
  lifecycle: Lifecycle;
  security: SecurityPolicy;
  cors: CorsPolicy;
  trustedProxyHops: number;
  metricsToken: string | undefined;
}

/** The REST API: every operation of the router as a route, built once. */
export function createRestApp(options: RestOptions): Hono<RestEnv> {
  const app = new Hono<RestEnv>();
  const headers = apiHeaders(options.security);

  app.use(trackCall({ headers, lifecycle: options.lifecycle, trustedProxyHops: options.trustedProxyHops }));
  app.use(async (c, next) => {
    const cors = corsHeaders(c.req.header("origin"), c.req.path, options.cors);
    for (const [name, value] of Object.entries(cors)) c.var.call.headers.append(name, value);
    await next();
  });

  const methods = new Map<string, string[]>();
  const route = (method: string, path: string, handle: (c: RestContext) => Promise<Response> | Response) => {
    methods.set(path, [...(methods.get(path) ?? []), method]);
    app.on(method, path, (c) => {
      c.var.call.route = path;
      return handle(c);
    });
  };

  for (const rest of restProcedures()) {
    route(rest.operation.method, rest.route, (c) => serve(c, rest, options));
  }
  const system = {
    lifecycle: options.lifecycle,
    document: new ApiDocument(renderOpenApi(options.security.appUrl)),
    metricsToken: options.metricsToken,
  };
  for (const { path, method = "GET", serve: serveSystem } of systemRoutes) {
    route(method, path, (c) => serveSystem(c, system));
  }

  route("POST", stripeWebhookPath, (c) => takeStripeWebhook(c, options.db));

  for (const { method, path } of gatewayRoutes) methods.set(path, [method]);
  methods.set(generationStreamPath.replace("{id}", ":id"), ["GET"]);

  for (const [path, allowed] of methods) app.all(path, (c) => otherMethod(c, path, withHead(allowed)));

  app.notFound((c) => respondError(c.var.call, unknownRoute()));
  app.onError((error, c) => {
    const problem = toAppError(error);
    logFailure(problem, { request_id: c.var.call.requestId, route: c.var.call.route });
    return respondError(c.var.call, problem);
  });
  return app;
}

async function serve(c: RestContext, rest: RestProcedure, options: RestOptions): Promise<Response> {
  const { call } = c.var;
  const principal = rest.meta.access?.kind === "public" ? null : await identify(c);
  const takes = rest.operation.headers ?? [];
  const ctx: Context = {
    principal,
    requestId: call.requestId,
    ip: call.ip,
    userAgent: c.req.header("user-agent"),
    idempotencyKey: takes.includes("Idempotency-Key")
      ? parseIdempotencyKey(c.req.header("idempotency-key"))
      : undefined,
    waitSeconds: takes.includes("Prefer") ? parseWait(c.req.header("prefer")) : undefined,
    fallback: !takes.includes("x-agatha-fallback") || parseFallback(c.req.header("x-agatha-fallback")),
    signal: call.controller.signal,
    db: options.db,
    queue: options.queue,
    responseHeaders: call.headers,
  };
  call.waits = (ctx.waitSeconds ?? 0) > 0;
  // A body can be read once, and a middleware may look at the input before its schema does.
  let input: Promise<unknown> | undefined;
  const output: unknown = await rest.procedure({
    ctx,
    getRawInput: () => {
      input ??= readInput(c, rest);
      return input;
    },
    path: rest.name,
    type: rest.procedure._def.type,
    signal: ctx.signal,
    batchIndex: 0,
  });
  return respond(c, rest, output, ctx);
}

async function identify(c: RestContext): Promise<Principal | null> {
  const { call } = c.var;
  const principal = await resolvePrincipal({
    authorization: c.req.header("authorization"),
    apiKeyHeader: c.req.header("x-api-key"),
    ip: call.ip,
  });
  call.orgId = principal?.orgId;
  call.actor = actorOf(principal);
  call.caller = principal?.kind;
  return principal;
}

function respond(c: RestContext, { operation }: RestProcedure, output: unknown, ctx: Context): Response {
  const { call } = c.var;
  const status = operation.status?.(output) ?? onlyStatus(operation.responses);
  const retryAfter = operation.retryAfter?.(output);
  if (retryAfter !== undefined) call.headers.set("retry-after", String(retryAfter));
  if (ctx.waitSeconds !== undefined) call.headers.set("preference-applied", `wait=${ctx.waitSeconds}`);
  if (operation.file !== undefined) return respondFile(call, operation.file(output));
  return respondJson(call, status, output);
}

/** OPTIONS returns the allowed methods; any other method is 405 with the same list (RFC 9110 §15.5.6). */
function otherMethod(c: RestContext, path: string, allowed: readonly string[]): Response {
  const { call } = c.var;
  call.route = path;
  call.headers.set("allow", [...allowed, "OPTIONS"].join(", "));
  if (c.req.method === "OPTIONS") {
    if (call.headers.has("access-control-allow-origin")) {
      for (const [name, value] of Object.entries(preflightHeaders(allowed))) call.headers.set(name, value);
    }
    return respondEmpty(call, 204);
  }
  return respondError(
    call,
    new AppError("method_not_allowed", {
      public: `This path does not support ${c.req.method}. It supports ${allowed.join(", ")}.`,
    }),
  );
}

function withHead(methods: readonly string[]): string[] {
  return methods.includes("GET") ? [...methods, "HEAD"] : [...methods];
}
