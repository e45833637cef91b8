import { addressFingerprint } from "@agathaai/core/accounts";
import { type AuditEntry, recordAudit } from "@agathaai/core/audit";

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

/** The audit trail's row of one API call. Runs once the answer is out. */
export function recordApiRequest(request: ApiRequest): void {
  const { requestId, orgId, actor, method, route, status, code } = request;
  const ms = Math.round(request.ms * 10) / 10;
  recordAudit({
    orgId: orgId ?? null,
    actor,
    action: "api.request",
    traceId: requestId,
    details: { method, route, status, ms, code, address: addressFingerprint(request.ip) },
  });
}
