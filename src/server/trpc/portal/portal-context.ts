import { db } from "@agathaai/core/platform/db/client";
import { queue } from "@agathaai/core/platform/queue/queue";
import { getPortalPrincipal } from "../../auth/portal-principal";
import { parseIdempotencyKey, parseWait } from "../../http/request/call-options";
import type { Context } from "../context";
import { assertPortalCall } from "./assert-portal-call";

/** The caller by the session cookie, and where the call comes from. @throws AppError if another site's page calls. */
export async function openPortalContext(
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
    fallback: true,
    signal: request.signal,
    db: db(),
    queue: queue(),
    responseHeaders: call.responseHeaders,
  };
}

export function addressOf({ headers }: Request): string {
  return headers.get("x-forwarded-for") ?? "0.0.0.0";
}
