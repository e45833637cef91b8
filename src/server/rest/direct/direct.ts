import type { IncomingMessage, ServerResponse } from "node:http";
import { inSpan } from "@agathaai/core/platform/observability/trace";
import { resolvePrincipal } from "../../auth/principal";
import { logFailure } from "../../errors/report-error";
import { toAppError } from "../../errors/to-app-error";
import { oneHeader } from "../../gateway/call-headers";
import { Exchange } from "../../gateway/exchange";
import { parseFallback, parseIdempotencyKey, parseWait } from "../../http/request/call-options";
import { clientAddress } from "../../http/request/client-address";
import { apiHeaders, type SecurityPolicy } from "../../http/security-headers";
import type { Context } from "../../trpc/context";
import { enter, setHeadersAfter } from "../../trpc/middleware/guard";
import type { KnownContext } from "../../trpc/routers/inference/inference-calls";
import { type CorsPolicy, corsHeaders } from "../cors";
import { onlyStatus, type RestProcedure } from "../operations";
import { DirectContext, type DirectParts } from "./direct-context";
import { type DirectCall, directRoutes } from "./direct-routes";

export interface DirectOptions extends DirectParts {
  security: SecurityPolicy;
  cors: CorsPolicy;
  trustedProxyHops: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Direct {
  /** Undefined for every request that is the dispatcher's. */
  find(request: IncomingMessage): Handler | undefined;
}

/**
 * The way of the calls that programs make most: from Node's request to Node's response, with the declaration of their
 * procedure, the same guard and the same function behind it, but none of Hono, tRPC and the Fetch API in between (ADR 40).
 */
export function createDirect(options: DirectOptions): Direct {
  const { lifecycle, security, cors, trustedProxyHops } = options;
  const common = apiHeaders(security);
  const find = directRoutes();

  const handle = async (call: DirectCall, incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, path } = call.rest.operation;
    const { origin, traceparent } = incoming.headers;
    const exchange = new Exchange(incoming, outgoing, {
      route: call.rest.route,
      ip: clientAddress(incoming, trustedProxyHops),
      headers: {
        ...common,
        ...corsHeaders(origin, path, cors),
        ...(lifecycle.draining && { connection: "close" }),
      },
    });
    exchange.waits = false;
    const parent = oneHeader(traceparent);
    await inSpan(`${method} ${exchange.route}`, { kind: "server", parent }, async (span) => {
      await answer(exchange, call, options);
      span.set({
        "http.request.method": method,
        "http.route": exchange.route,
        "http.response.status_code": outgoing.statusCode,
        "agatha.request_id": exchange.requestId,
        "agatha.org_id": exchange.orgId,
      });
      if (outgoing.statusCode >= 500) span.fail(exchange.errorCode ?? String(outgoing.statusCode));
    });
  };

  return {
    find(request) {
      const call = find(request);
      return call && ((incoming, outgoing) => handle(call, incoming, outgoing));
    },
  };
}

async function answer(exchange: Exchange, { rest, run }: DirectCall, parts: DirectParts): Promise<void> {
  const { operation } = rest;
  const { headers } = exchange.incoming;
  try {
    const principal = await resolvePrincipal({
      authorization: headers.authorization,
      apiKeyHeader: oneHeader(headers["x-api-key"]),
      ip: exchange.ip,
    });
    if (principal !== null) exchange.identified(principal);
    const ctx = new DirectContext(exchange, principal, parts);
    if (operation.headers?.includes("Idempotency-Key"))
      ctx.idempotencyKey = parseIdempotencyKey(oneHeader(headers["idempotency-key"]));
    if (operation.headers?.includes("Prefer")) ctx.waitSeconds = parseWait(oneHeader(headers.prefer));
    if (operation.headers?.includes("x-agatha-fallback"))
      ctx.fallback = parseFallback(oneHeader(headers["x-agatha-fallback"]));
    exchange.waits = (ctx.waitSeconds ?? 0) > 0;
    const output = await guarded(rest, ctx, () => run(asKnown(ctx), exchange.incoming));
    const retryAfter = operation.retryAfter?.(output);
    if (retryAfter !== undefined) exchange.headers["retry-after"] = String(retryAfter);
    if (ctx.waitSeconds !== undefined) exchange.headers["preference-applied"] = `wait=${ctx.waitSeconds}`;
    exchange.json(operation.status?.(output) ?? onlyStatus(operation.responses), output);
  } catch (error) {
    const problem = toAppError(error);
    logFailure(problem, { request_id: exchange.requestId, route: exchange.route });
    exchange.refuse(problem);
  }
}

/** As the procedure's own guard: a refusal after it has the headers of the limits too. */
async function guarded(
  { meta }: RestProcedure,
  ctx: DirectContext,
  run: () => Promise<unknown>,
): Promise<unknown> {
  await enter(ctx, meta);
  try {
    return await run();
  } finally {
    await setHeadersAfter(ctx, meta);
  }
}

function asKnown(ctx: Context): KnownContext {
  if (!isKnown(ctx)) throw new Error("a guarded call ran without a caller");
  return ctx;
}

function isKnown(ctx: Context): ctx is KnownContext {
  return ctx.principal !== null;
}
