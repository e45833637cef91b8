import { ipDetail } from "@agathaai/core/accounts";
import { type AuditEntry, recordAudit } from "@agathaai/core/audit";
import { db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import { metrics } from "@agathaai/core/platform/observability/metrics";
import type { Subject } from "@agathaai/core/privacy";

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
  const details = { method, route, status, ms, code };
  const row = { orgId: orgId ?? null, actor, action: "api.request", traceId: requestId } as const;
  if (orgId === undefined) {
    recordAudit({ ...row, details });
    return;
  }
  const recorded = addressOf(orgId, request)
    .then((address) => recordAudit({ ...row, details: { ...details, ...address } }))
    .finally(() => recording().delete(recorded));
  recording().add(recorded);
}

/** Under the key of whoever called: the person, or the organization whose key it was. */
async function addressOf(orgId: string, { actor, ip }: ApiRequest): Promise<{ address?: string }> {
  const subject: Subject =
    actor.type === "user" && actor.id !== null ? { type: "user", id: actor.id } : { type: "org", id: orgId };
  try {
    return await ipDetail(db(), subject, ip);
  } catch (error) {
    // The row says what was done all the same.
    log().warn({ err: error }, "an address could not be fingerprinted");
    return {};
  }
}

// Next bundles its own copy of this module: the server that stops must wait for the rows of both.
const shared = globalThis as typeof globalThis & { agathaRecording?: Set<Promise<void>> };

function recording(): Set<Promise<void>> {
  shared.agathaRecording ??= new Set();
  return shared.agathaRecording;
}

/** Waits until every call that was answered is on its way into the trail: before a process ends. */
export async function settleApiRequests(): Promise<void> {
  while (recording().size > 0) await Promise.all(recording());
}

const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

function mayHaveChanged(method: string, status: number): boolean {
  return !READING.has(method) && status < 400;
}
