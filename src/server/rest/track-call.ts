import { actorOf } from "@agathaai/core/audit";
import { log } from "@agathaai/core/platform/log";
import type { MiddlewareHandler } from "hono";
import { clientAddress } from "../http/client-address";
import type { Lifecycle } from "../http/lifecycle";
import { recordApiRequest } from "../http/record-api-request";
import { newRequestId } from "../http/request-id";
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
    };
    c.set("call", call);
    call.headers.set("x-request-id", call.requestId);
    if (lifecycle.draining) call.headers.set("connection", "close");
    outgoing.once("close", () => {
      lifecycle.end(controller);
      controller.abort();
      const { method } = c.req;
      const { statusCode: status } = outgoing;
      const ms = performance.now() - call.startedAt;
      recordApiRequest({ ...call, method, status, ms, code: call.errorCode });
      writeLine(call, method, status, !outgoing.writableFinished);
    });
    await next();
  };
}

function writeLine(call: Call, method: string, status: number, hungUp: boolean): void {
  log().info(
    {
      method,
      route: call.route,
      status,
      ms: Math.round((performance.now() - call.startedAt) * 10) / 10,
      request_id: call.requestId,
      org_id: call.orgId,
      caller: call.caller,
      code: call.errorCode,
      ...(hungUp && { hung_up: true }),
    },
    "request",
  );
}
