import { actorOf } from "@agathaai/core/audit";
import { type AppError, newRequestId } from "@agathaai/core/platform";
import { inSpan } from "@agathaai/core/platform/observability/trace";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { logFailure } from "../../errors/report-error";
import { toAppError } from "../../errors/to-app-error";
import { recordApiRequest } from "../../http/record-api-request";
import { limitBody } from "../../http/request/read-body";
import type { Context } from "../context";
import { appRouter } from "../root";
import { addressOf, openPortalContext } from "./portal-context";

/** One batch loads what a page needs; a larger one does not come from the portal. */
const MAX_BATCH = 20;

/** The portal's calls: the same procedures, with the session cookie. Mounted by Next at `/api/trpc`. */
export async function handlePortalCall(request: Request): Promise<Response> {
  return inSpan(`${request.method} /api/trpc`, { kind: "server" }, async (span) => {
    const response = await handleCall(request);
    span.set({ "http.request.method": request.method, "http.response.status_code": response.status });
    return response;
  });
}

async function handleCall(request: Request): Promise<Response> {
  // Set by our own server in front of Next, which overwrites whatever the caller sent.
  const requestId = request.headers.get("x-request-id") ?? newRequestId();
  const startedAt = performance.now();
  let context: Context | undefined;
  let calls: readonly string[] = [];
  const failures = new Map<string, AppError>();
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: limitBody(request),
    router: appRouter,
    maxBatchSize: MAX_BATCH,
    createContext: async ({ resHeaders, info }) => {
      calls = info.calls.map(({ path }) => path);
      context = await openPortalContext(request, {
        requestId,
        responseHeaders: resHeaders,
        batched: info.calls.length > 1,
      });
      return context;
    },
    onError: ({ error, path }) => {
      failures.set(path ?? "", toAppError(error));
      logFailure(error, { request_id: requestId, procedure: path });
    },
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
      // Of a batch, the response's own status says nothing about one call.
      status: failures.get(path)?.status ?? (calls.length > 1 ? 200 : response.status),
      ms,
      ip: addressOf(request),
      code: failures.get(path)?.code,
    });
  }
  return response;
}

/** Only names of procedures: a caller can put anything in their place. */
function routeOf(path: string): string {
  return Object.hasOwn(appRouter._def.procedures, path) ? `/api/trpc/${path}` : "unknown";
}
