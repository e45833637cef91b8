import { plans } from "../../../shared/plans";
import { type ReserveQueued, reserveQueued } from "../../admission";
import { assertModelOn } from "../../models";
import { type Clock, type Db, newId, type Principal, reachOf, systemClock, timeOfId } from "../../platform";
import { env } from "../../platform/env";
import { injectTrace, inSpan } from "../../platform/observability/trace";
import { encryptText } from "../../privacy";
import { getInferenceResult } from "../history/get-inference";
import { toAcceptedView } from "../history/views";
import { waitForEnd } from "../lifecycle/watch-requests";
import type { ChatRequest } from "../request/chat";
import type { InferenceInput } from "../request/input-schema";
import { encryptMetadata } from "../request/metadata";
import { inputField, type RequestKey } from "../request-row";
import {
  type AcceptedView,
  acceptedViewSchema,
  isTerminal,
  type ResultView,
  type StoredResponse,
  storedResponseSchema,
} from "../schemas";
import { acceptRequest } from "./accept/accept-request";
import type { NewRequest } from "./accept/insert-requests";
import { enqueueRequest, type RequestQueue } from "./enqueue-request";
import { checkIdempotencyKey, hashRequest, readFirstResponse } from "./idempotency";
import { type PreparedRequest, prepareWithOwnKeys } from "./prepare-request";

export interface Submission {
  principal: Principal;
  input: InferenceInput;
  idempotencyKey?: string | undefined;
  traceId: string;
  /** `Prefer: wait=N`: up to 60 seconds for the result. */
  waitSeconds?: number | undefined;
  /** Stops waiting when the caller is gone; the request itself goes on. */
  signal?: AbortSignal | undefined;
  clock?: Clock;
  /** What this process holds of the caller's budget; by default that of its own admission. */
  reserve?: ReserveQueued;
}

export interface SubmissionOutcome {
  accepted: AcceptedView;
  /** Set when the caller waited and the request ended in time. */
  result: ResultView | null;
  /** True when this is the stored response of an earlier call with the same Idempotency-Key. */
  replayed: boolean;
  /** Fields of the request that were taken, and that the model asked for will not be told. */
  notSent: readonly string[];
}

export const MAX_WAIT_SECONDS = 60;

/**
 * Accepts a request: checks, then idempotency, quota and row in one commit, then the queue. The row is the
 * outbox: when the queue does not answer, `recoverRequests` sends the message later and the 202 still holds.
 *
 * @throws AppError `model_not_found`, `model_unavailable`, `model_not_allowed`, `unsupported_parameter`,
 *   `invalid_request`, `context_length_exceeded`, `quota_exceeded`, `spend_cap_reached`, `idempotency_mismatch`,
 *   `idempotency_in_flight`: nothing is written.
 */
export async function submitInference(
  db: Db,
  queue: RequestQueue,
  submission: Submission,
): Promise<SubmissionOutcome> {
  const { accepted, requestId, replayed, notSent } = await inSpan("accept inference", {}, () =>
    acceptOnce(db, queue, submission),
  );
  const seconds = Math.min(submission.waitSeconds ?? 0, MAX_WAIT_SECONDS);
  const result =
    seconds > 0
      ? await resultInTime(db, { ...reachOf(submission.principal), requestId }, seconds, submission.signal)
      : null;
  return { accepted, result, replayed, notSent };
}

async function acceptOnce(db: Db, queue: RequestQueue, submission: Submission) {
  const { principal, clock = systemClock, reserve = reserveQueued } = submission;
  // One moment for both: the price that is reserved by is the one that the id will be billed by.
  const at = clock.now();
  const prepared = await prepareWithOwnKeys(db, { input: submission.input, principal, at });
  const { model, environment } = prepared;
  const request = await newRequest(db, submission, prepared, newId(at));
  const metadata = prepared.input.metadata ?? {};
  const accepted = toAcceptedView({
    id: request.id,
    createdAt: request.createdAt,
    model: model.id,
    environment,
    metadata,
  });
  const replayOf = ({ response, requestId }: { response: StoredResponse; requestId: string }) => ({
    accepted: acceptedViewSchema.parse({ ...response, environment, metadata }),
    requestId,
    replayed: true,
    notSent: prepared.notSent,
  });
  const idempotency =
    submission.idempotencyKey === undefined
      ? undefined
      : {
          claim: {
            orgId: principal.orgId,
            operation: `inference.submit:${environment}`,
            key: checkIdempotencyKey(submission.idempotencyKey),
            ...(await hashRequest(db, principal.orgId, submission.input)),
          },
          response: storedResponseSchema.parse(accepted),
        };

  try {
    for (const one of [model, ...prepared.fallbacks]) await assertModelOn(db, one);
  } catch (error) {
    // A call accepted before the model was switched off still gets its stored response when it is repeated.
    const known = idempotency && (await readFirstResponse(db, idempotency.claim));
    if (known === undefined) throw error;
    return replayOf(known);
  }
  const first = await acceptRequest(db, { principal, request, idempotency, reserve });
  if (first !== null) return replayOf(first);
  enqueueRequest(db, queue, {
    requestId: request.id,
    queueName: request.queueName,
    traceId: request.traceId,
  });
  return { accepted, requestId: request.id, replayed: false, notSent: prepared.notSent };
}

async function newRequest(
  db: Db,
  { principal, traceId }: Submission,
  prepared: PreparedRequest,
  id: string,
): Promise<NewRequest> {
  const { orgId } = principal;
  const { input, model, environment, maxOutputTokens, tokens, costMicros } = prepared;
  return {
    id,
    createdAt: timeOfId(id),
    orgId,
    userId: principal.userId,
    apiKeyId: principal.kind === "key" ? principal.apiKeyId : null,
    spendId: principal.kind === "key" ? principal.spendId : null,
    plan: principal.plan,
    environment,
    queueName: plans[principal.plan].queue,
    model,
    inputCipher: await encryptText(db, { type: "org", id: orgId }, inputField(id), JSON.stringify(input)),
    metadata: await encryptMetadata(db, { orgId, requestId: id, metadata: input.metadata }),
    parameters: plainParameters(input),
    // With tracing on, the row carries the whole trace context, so a later send or attempt joins the same trace.
    traceId: injectTrace() ?? traceId,
    maxOutputTokens,
    tokens,
    costMicros,
    ownKeyOnly: prepared.ownKeyOnly,
    ownKeyFeePercent: prepared.ownKeyFeePercent,
    maxAttempts: env().WORKER_MAX_ATTEMPTS,
  };
}

/** What the row stores unencrypted: numbers and choices. Metadata, tools and stop sequences are content. */
function plainParameters(input: ChatRequest): NewRequest["parameters"] {
  const { max_tokens, temperature, top_p, seed, reasoning_effort } = input;
  return {
    max_tokens,
    temperature,
    top_p,
    seed,
    reasoning_effort,
    tools: input.tools?.length,
    response_format: input.response_format?.type,
    messages: input.messages.length,
  };
}

async function resultInTime(
  db: Db,
  key: RequestKey,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<ResultView | null> {
  const ended = await waitForEnd(db, { requestId: key.requestId, timeoutMs: seconds * 1_000, signal });
  if (!ended) return null;
  const result = await getInferenceResult(db, key);
  return isTerminal(result.status) ? result : null;
}
