import type { IncomingMessage, ServerResponse } from "node:http";
import { inferenceInputSchema, readPlainInput } from "@agathaai/core/inference";
import { fromPublicId } from "@agathaai/core/platform";
import { inSpan } from "@agathaai/core/platform/observability/trace";
import { resolvePrincipal } from "../../auth/principal";
import { describeInvalid } from "../../errors/describe-invalid";
import { logFailure } from "../../errors/report-error";
import { toAppError } from "../../errors/to-app-error";
import { oneHeader } from "../../gateway/call-headers";
import { Exchange } from "../../gateway/exchange";
import { parseFallback, parseIdempotencyKey, parseWait } from "../../http/request/call-options";
import { clientAddress } from "../../http/request/client-address";
import { apiHeaders, type SecurityPolicy } from "../../http/security-headers";
import type { Context } from "../../trpc/context";
import { recordTrace } from "../../trpc/middleware/audited";
import { enter, setHeadersAfter } from "../../trpc/middleware/guard";
import { type KnownContext, statusCall, submitCall } from "../../trpc/routers/inference/inference-calls";
import { type CorsPolicy, corsHeaders } from "../cors";
import { readJsonBody } from "../input/read-json-body";
import { onlyStatus, type RestProcedure, restProcedures } from "../operations";
import { DirectContext, type DirectParts } from "./direct-context";

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
      headers: Object.entries({ ...common, ...corsHeaders(origin, path, cors) }),
    });
    if (lifecycle.draining) exchange.headers.connection = "close";
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

async function answer(
  exchange: Exchange,
  { rest, input, run }: DirectCall,
  parts: DirectParts,
): Promise<void> {
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
    const output = await guarded(rest, ctx, { input, run: () => run(asKnown(ctx), exchange.incoming) });
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
  { input, run }: { input: DirectCall["input"]; run: () => Promise<unknown> },
): Promise<unknown> {
  const audit = await enter(ctx, meta);
  try {
    const output = await run();
    await recordTrace({ audit, ctx, getRawInput: async () => input, output });
    return output;
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

/** A call with its input, as far as the target tells; the rest is read once the caller may go on. */
interface DirectCall {
  rest: RestProcedure;
  /** What its target names. */
  input?: { id: string };
  run(ctx: KnownContext, incoming: IncomingMessage): Promise<unknown>;
}

const SUBMIT = "/api/v1/inference";
/** Any other ID goes to the dispatcher, whose schemas explain what is wrong with it. */
const STATUS = /^\/api\/v1\/inference\/(?<id>inf_[0-9a-hjkmnp-tv-z]{26})$/;

/** The calls that leave Hono and tRPC aside, by method and target; a target with a query is the dispatcher's. */
export function directRoutes(): (incoming: IncomingMessage) => DirectCall | undefined {
  const procedures = new Map(restProcedures().map((rest) => [rest.operation.operationId, rest]));
  const named = (operationId: string): RestProcedure => {
    const rest = procedures.get(operationId);
    if (rest === undefined) throw new Error(`there is no operation ${operationId}`);
    // An audited operation records its whole input and output, which this path does not do.
    if (rest.meta.audit?.kind !== "none") throw new Error(`${operationId} cannot be served directly`);
    return rest;
  };
  const submit: DirectCall = {
    rest: named("submitInference"),
    run: async (ctx, incoming) => submitCall(ctx, readSubmission(await readJsonBody(incoming))),
  };
  const status = named("getInference");
  return ({ method, url = "" }) => {
    if (method === "POST" && url === SUBMIT) return submit;
    if (method !== "GET") return undefined;
    const id = STATUS.exec(url)?.groups?.id;
    if (id === undefined) return undefined;
    return { rest: status, input: { id }, run: (ctx) => statusCall(ctx, { id: fromPublicId("inf", id) }) };
  };
}

function readSubmission(body: unknown) {
  const plain = readPlainInput(body);
  if (plain !== undefined) return plain;
  const parsed = inferenceInputSchema.safeParse(body);
  if (!parsed.success) throw describeInvalid(parsed.error);
  return parsed.data;
}
