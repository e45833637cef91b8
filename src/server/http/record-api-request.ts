import { addressFingerprint } from "@agathaai/core/accounts";
import { type AuditEntry, recordAudit } from "@agathaai/core/audit";
import { metrics } from "@agathaai/core/platform/metrics";

export interface ApiRequest {
  requestId: string;
  orgId: string | undefined;
  actor: AuditEntry["actor"];
  method: string;
  /** The route's pattern, never the address asked for: addresses can hold anything. */
  route: string;
  status: number;
  ms: number;
  ip: string;
  code: string | undefined;
}

/**
 * The audit trail's row of one API call. Runs once the answer is out. A call without a caller that changed nothing (a
 * health check, a public document, whatever was refused) is counted instead: anybody can make any number of those, and
 * none of them says anything about anybody's data.
 */
export function recordApiRequest(request: ApiRequest): void {
  const { requestId, orgId, actor, method, route, status, code } = request;
  if (orgId === undefined && !mayHaveChanged(method, status)) {
    metrics().anonymousCalls.inc({ route, code: code ?? String(status) });
    return;
  }
  const ms = Math.round(request.ms * 10) / 10;
  recordAudit({
    orgId: orgId ?? null,
    actor,
    action: "api.request",
    traceId: requestId,
    details: { method, route, status, ms, code, address: addressFingerprint(request.ip) },
  });
}

const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

function mayHaveChanged(method: string, status: number): boolean {
  return !READING.has(method) && status < 400;
}
