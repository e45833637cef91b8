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
export function recordApiRequest({ requestId, orgId, actor, ip, ms, ...said }: ApiRequest): void {
  recordAudit({
    orgId: orgId ?? null,
    actor,
    action: "api.request",
    traceId: requestId,
    details: { ...said, ms: Math.round(ms * 10) / 10, address: addressFingerprint(ip) },
  });
}
