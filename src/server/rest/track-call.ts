import { actorOf } from "@agathaai/core/audit";
import { newRequestId } from "@agathaai/core/platform";
import { inSpan, type LiveSpan } from "@agathaai/core/platform/observability/trace";
import type { MiddlewareHandler } from "hono";
import type { Lifecycle } from "../http/lifecycle";
import { reportCall } from "../http/report-call";
import { clientAddress } from "../http/request/client-address";
import type { Call, RestEnv } from "./call";

interface TrackOptions {
  headers: Record<string, string>;
  lifecycle: Lifecycle;
  trustedProxyHops: number;
}

/** Opens the record of a request, ties its abort signal to the caller's connection, and writes its log line. */
export function trackCall({
  headers,
  lifecycle,
  trustedProxyHops,
}: TrackOptions): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const { incoming, outgoing } = c.env;
    const controller = lifecycle.begin();
    const call: Call = {
      requestId: newRequestId(),
      startedAt: performance.now(),
      ip: clientAddress(incoming, trustedProxyHops),
      controller,
      headers: new Headers(headers),
      route: "unknown",
      orgId: undefined,
      actor: actorOf(null),
      caller: undefined,
      errorCode: undefined,
      waits: false,
    };
    c.set("call", call);
    call.headers.set("x-request-id", call.requestId);
    if (lifecycle.draining) call.headers.set("connection", "close");
    outgoing.once("close", () => {
      lifecycle.end(controller);
      // Once the response is complete, nothing is left to abort.
      if (!outgoing.writableFinished) controller.abort();
      reportCall(call, c.req.method, outgoing);
    });
    await inSpan(c.req.method, { kind: "server", parent: c.req.header("traceparent") }, async (span) => {
      await next();
      describe(span, call, c.req.method, c.res.status);
    });
  };
}

function describe(span: LiveSpan, call: Call, method: string, status: number): void {
  span.rename(`${method} ${call.route}`);
  span.set({
    "http.request.method": method,
    "http.route": call.route,
    "http.response.status_code": status,
    "agatha.request_id": call.requestId,
    "agatha.org_id": call.orgId,
  });
  if (status >= 500) span.fail(call.errorCode ?? String(status));
}
