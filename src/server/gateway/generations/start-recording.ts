import { type Allowance, admission } from "@agathaai/core/admission";
import { openGeneration, releaseGeneration } from "@agathaai/core/generations";
import { hashRequest } from "@agathaai/core/inference";
import { AppError, DAY, type Db, HOUR, type Principal } from "@agathaai/core/platform";
import { parseIdempotencyKey } from "../../http/request/call-options";
import { lookAtAllowance } from "../allowance";
import { oneHeader } from "../call-headers";
import type { PreparedCall } from "../dialect";
import type { Exchange } from "../exchange";
import { Recording, type Recordings } from "./recording";
import { replay } from "./replay";

interface CallToRecord {
  exchange: Exchange;
  principal: Principal;
  id: string;
  body: unknown;
  prepared: PreparedCall;
  recordings: Recordings;
  /** The count of this request. */
  requests: Allowance["requests"];
}

/**
 * Without being asked for it nothing of an answer is kept; in HIPAA mode nothing is, and who asks is told so, lest they count on it.
 * @throws AppError `unsupported_parameter`.
 */
export function asksToRecord(
  { incoming: { headers } }: Exchange,
  { toStore }: PreparedCall,
  principal: Principal,
): boolean {
  if (principal.hipaa === true) {
    for (const name of ["idempotency-key", "x-agatha-resumable"] as const) {
      if (headers[name] !== undefined && headers[name] !== "false") throw keepsNothing(name);
    }
    return false;
  }
  return (
    toStore !== undefined ||
    headers["idempotency-key"] !== undefined ||
    headers["x-agatha-resumable"] !== undefined
  );
}

function keepsNothing(param: string): AppError {
  return new AppError("unsupported_parameter", {
    public: `${param} is not available: your organization is in HIPAA mode, which keeps no answer to send again. Leave it out.`,
    param,
  });
}

/**
 * Begins to keep a call's answer or, if its Idempotency-Key already has one, sends that. The caller must release the recording
 * of a call that is not admitted afterwards. A repeat costs nothing; it has been counted as a request, as every call is before
 * anything is kept of it.
 *
 * @throws AppError `idempotency_in_flight`, `idempotency_mismatch`, `conflict` (the answer was too long to keep), `invalid_request`.
 */
export async function startRecording(
  db: Db,
  call: CallToRecord,
): Promise<{ recording?: Recording; replayed: boolean }> {
  const { exchange, principal, id, body, prepared, recordings, requests } = call;
  const { headers } = exchange.incoming;
  const { orgId } = principal;
  const { environment } = prepared;
  const endpoint = exchange.route;
  const key = parseIdempotencyKey(oneHeader(headers["idempotency-key"]));
  const asked = readResumable(oneHeader(headers["x-agatha-resumable"]));
  const resumable = asked !== undefined || key !== undefined;
  const { toStore } = prepared;
  if (!resumable && toStore === undefined) return { replayed: false };

  const claim = key === undefined ? undefined : { operation: `gateway:${environment}`, key };
  const generation = {
    id,
    orgId,
    environment,
    endpoint,
    model: prepared.targets[0].model.id,
    streamed: prepared.stream === true,
    includeUsage: prepared.includeUsage === true,
    resumable,
    processId: admission().processId,
    // Zero retention: what is kept to be repeated or read again is so for an hour.
    lifetimeMs: principal.storage === "forbidden" ? HOUR : DAY,
    stored: toStore && { ...toStore, traceId: exchange.requestId },
    claim: claim && { ...claim, ...(await hashRequest(db, orgId, { endpoint, body })) },
  };
  const earlier = await openGeneration(db, generation);
  if (earlier !== undefined) {
    const allowance = await lookAtAllowance(principal, environment);
    exchange.allow({ requests, tokens: allowance?.tokens ?? null });
    await replay(exchange, db, earlier);
    return { replayed: true };
  }
  const release = () => releaseGeneration(db, generation);
  const recording = new Recording({
    db,
    id,
    orgId,
    outlivesCaller: resumable,
    onceBegun: key === undefined && asked === "begun",
    stored: toStore !== undefined,
    claim: generation.claim,
    processId: generation.processId,
    release,
  });
  recordings.add(recording);
  return { recording, replayed: false };
}

function readResumable(header: string | undefined): "true" | "begun" | undefined {
  if (header === undefined || header === "false") return undefined;
  if (header === "true" || header === "begun") return header;
  throw new AppError("invalid_request", {
    public: 'x-agatha-resumable must be "true", "begun" or "false".',
    param: "x-agatha-resumable",
  });
}
