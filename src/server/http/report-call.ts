import type { ServerResponse } from "node:http";
import type { AuditEntry } from "@agathaai/core/audit";
import type { Principal } from "@agathaai/core/platform";
import { logCall } from "@agathaai/core/platform/observability/log";
import { countRequest } from "./count-request";
import { recordApiRequest } from "./record-api-request";

/** The facts of one API call that has ended, by whichever route it was served. */
export interface ReportedCall {
  requestId: string;
  startedAt: number;
  ip: string;
  /** The route's pattern, never the requested URL, which can contain anything. */
  route: string;
  orgId: string | undefined;
  actor: AuditEntry["actor"];
  caller: Principal["kind"] | undefined;
  errorCode: string | undefined;
  /** The duration is a model's, or the caller asked to wait for a result: it says nothing about our speed. */
  waits: boolean;
}

/** The metrics, the audit trail's row and the log line of a call whose connection has ended or answer is out. */
export function reportCall(
  call: ReportedCall,
  method: string,
  outgoing: Pick<ServerResponse, "statusCode" | "headersSent" | "writableFinished">,
): void {
  const { statusCode: status, headersSent, writableFinished } = outgoing;
  const { requestId, orgId, actor, route, ip, errorCode, waits } = call;
  const ms = performance.now() - call.startedAt;
  // 499, as in nginx: the caller hung up before the response.
  const counted = headersSent ? status : 499;
  countRequest({ route, method, status: counted, seconds: ms / 1_000, errorCode, waits });
  recordApiRequest({ requestId, orgId, actor, method, route, status, ms, ip, code: errorCode });
  logCall({
    method,
    route,
    status,
    ms: Math.round(ms * 10) / 10,
    request_id: requestId,
    org_id: orgId,
    caller: call.caller,
    code: errorCode,
    // Both are left out of the line where they are undefined. CloudWatch's latency counts lines without `wait`.
    wait: waits ? true : undefined,
    hung_up: writableFinished ? undefined : true,
  });
}
