import { actorOf } from "@agathaai/core/audit";
import { db } from "@agathaai/core/platform/db";
import { log } from "@agathaai/core/platform/log";
import { queue } from "@agathaai/core/platform/queue";
import { inSpan } from "@agathaai/core/platform/trace";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { getPortalPrincipal } from "../auth/session";
import { toAppError } from "../errors/to-app-error";
import { parseIdempotencyKey, parseWait } from "../http/call-options";
import { recordApiRequest } from "../http/record-api-request";
import { newRequestId } from "../http/request-id";
import { assertPortalCall } from "./assert-portal-call";
import { boundedBody } from "./bounded-body";
import type { Context } from "./context";
import { appRouter } from "./root";

/** The portal asks for what one page needs in one go; more than that is not the portal. */
const MAX_BATCH = 20;

/** The portal's face: the same procedures, called with the session cookie. Mounted by Next at `/api/trpc`. */
export async function handlePortalCall(request: Request): Promise<Response> {
  return inSpan(`${request.method} /api/trpc`, { kind: "server" }, async (span) => {
    const response = await answerCall(request);
    span.set({ "http.request.method": request.method, "http.response.status_code": response.status });
    return response;
  });
}

async function answerCall(request: Request): Promise<Response> {
  // Set by our own server in front of Next, which overwrites whatever the caller sent.
  const requestId = request.headers.get("x-request-id") ?? newRequestId();
  const startedAt = performance.now();
  let context: Context | undefined;
  let calls: readonly string[] = [];
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: boundedBody(request),
    router: appRouter,
    maxBatchSize: MAX_BATCH,
    createContext: async ({ resHeaders, info }) => {
      calls = info.calls.map(({ path }) => path);
      context = await createContext(request, {
        requestId,
        responseHeaders: resHeaders,
        batched: info.calls.length > 1,
      });
      return context;
    },
    onError: ({ error, path }) => report(error, requestId, path),
  });
  response.headers.set("cache-control", "no-store");
  const ms = performance.now() - startedAt;
  for (const path of calls.length === 0 ? [""] : calls) {
    recordApiRequest({
      requestId,
      orgId: context?.principal?.orgId,
      actor: actorOf(context?.principal),
      method: request.method,
      route: routeOf(path),
      status: response.status,
      ms,
      ip: addressOf(request),
      code: undefined,
    });
  }
  return response;
}

async function createContext(
  request: Request,
  call: { requestId: string; responseHeaders: Headers; batched: boolean },
): Promise<Context> {
  assertPortalCall(request);
  const { headers } = request;
  return {
    principal: await getPortalPrincipal(),
    requestId: call.requestId,
    ip: addressOf(request),
    userAgent: headers.get("user-agent") ?? undefined,
    // One header cannot name several operations.
    idempotencyKey: call.batched ? undefined : parseIdempotencyKey(headers.get("idempotency-key")),
    waitSeconds: parseWait(headers.get("prefer")),
    signal: request.signal,
    db: db(),
    queue: queue(),
    responseHeaders: call.responseHeaders,
  };
}

function addressOf({ headers }: Request): string {
  return headers.get("x-forwarded-for") ?? "0.0.0.0";
}

/** Only names of ours: what a caller puts in their place can be anything. */
function routeOf(path: string): string {
  return Object.hasOwn(appRouter._def.procedures, path) ? `/api/trpc/${path}` : "unknown";
}

function report(error: unknown, requestId: string, procedure: string | undefined): void {
  const problem = toAppError(error);
  if (problem.status < 500) return;
  log().error(
    { err: problem.cause ?? problem, code: problem.code, request_id: requestId, procedure },
    problem.internal ?? "a portal call failed",
  );
}
