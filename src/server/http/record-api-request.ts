import { ipDetail, knownIpDetail } from "@agathaai/core/accounts";
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
  if (orgId === undefined) {
    const details = { method, route, status, ms, code };
    recordAudit({ orgId: null, actor, action: "api.request", traceId, details });
    return;
  }
  const subject = addressee(orgId, actor);
  const address = knownIpDetail(subject, request.ip);
  const details = { method, route, status, ms, code, address };
  const call: CallWithAddress = { orgId, actor, traceId, details };
  if (address !== undefined) recordCall(call);
  else recording().add(recordWithAddress(call, subject, request.ip));
}

interface CallWithAddress extends RecordedCall {
  details: Record<"method" | "route", string> & { address: string | undefined };
}

async function recordWithAddress(call: CallWithAddress, subject: Subject, ip: string): Promise<void> {
  call.details.address = await addressOf(subject, ip);
  recordCall(call);
}

/** Whose key the IP address is fingerprinted with: the person's, or that of the API key's organization. */
function addressee(orgId: string, actor: AuditEntry["actor"]): Subject {
  return actor.type === "user" && actor.id !== null
    ? { type: "user", id: actor.id }
    : { type: "org", id: orgId };
}

async function addressOf(subject: Subject, ip: string): Promise<string | undefined> {
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
