import { ipDetail } from "@agathaai/core/accounts";
import { type AuditEntry, type RecordedCall, recordAudit, recordCall } from "@agathaai/core/audit";
import { InFlight } from "@agathaai/core/platform/concurrency/in-flight";
import { singleton } from "@agathaai/core/platform/concurrency/singleton";
import { db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import type { Subject } from "@agathaai/core/privacy";
import { httpMetrics } from "./http-metrics";

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
 * Records one API call in the audit log, after the response. A call without a caller that changed nothing (a health
 * check, a public document, a refused call) is only counted: anyone can make any number of those, and they say nothing
 * about anyone's data.
 */
export function recordApiRequest(request: ApiRequest): void {
  const { requestId: traceId, orgId, actor, method, route, status, code } = request;
  if (orgId === undefined && !mayHaveChanged(method, status)) {
    httpMetrics().anonymousCalls.inc({ route, code: code ?? String(status) });
    return;
  }
  const ms = Math.round(request.ms * 10) / 10;
  const details = { method, route, status, ms, code };
  if (orgId === undefined) {
    recordAudit({ orgId: null, actor, action: "api.request", traceId, details });
    return;
  }
  recording().add(recordWithAddress({ orgId, actor, traceId, details }, request.ip));
}

async function recordWithAddress(call: RecordedCall, ip: string): Promise<void> {
  const address = await addressOf(call, ip);
  recordCall(address === undefined ? call : { ...call, details: { ...call.details, address } });
}

/** The IP address as a fingerprint under the caller's data key: the person's, or that of the API key's organization. */
async function addressOf({ orgId, actor }: RecordedCall, ip: string): Promise<string | undefined> {
  const subject: Subject =
    actor.type === "user" && actor.id !== null ? { type: "user", id: actor.id } : { type: "org", id: orgId };
  try {
    return (await ipDetail(db(), subject, ip)).address;
  } catch (error) {
    // The entry is written without it.
    log().warn({ err: error }, "an address could not be fingerprinted");
    return undefined;
  }
}

/** One per process: a stopping server also waits for the entries of the portal's calls. */
const recording = singleton("calls being recorded", () => new InFlight());

/** Before a process ends: waits until every finished call is on its way into the audit log. */
export function settleApiRequests(): Promise<void> {
  return recording().settle();
}

const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

function mayHaveChanged(method: string, status: number): boolean {
  return !READING.has(method) && status < 400;
}
