import { assertModelOn, boundCost, findModel, type Model } from "../../models";
import { plans } from "../../plans";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { env } from "../../platform/env";
import { reachOf } from "../../platform/environment";
import { newId, timeOfId } from "../../platform/ids";
import { injectTrace, inSpan } from "../../platform/observability/trace";
import type { Principal } from "../../platform/principal";
import { encryptText } from "../../privacy";
import { inputField } from "../encrypted-fields";
import { getInferenceResult } from "../history/get-inference-result";
import { toAcceptedView } from "../history/views";
import { waitForEnd } from "../lifecycle/wait-for-end";
import type { ChatRequest } from "../request/chat";
import { checkRequest } from "../request/check-request";
import { environmentOf } from "../request/environment-of";
import { boundInputTokens, outputLimit } from "../request/estimate-tokens";
import type { InferenceInput } from "../request/input-schema";
import { encryptMetadata } from "../request/metadata";
import { normalizeInput } from "../request/normalize-input";
import type { RequestKey } from "../request-key";
import {
  type AcceptedView,
  acceptedViewSchema,
  isTerminal,
  type ResultView,
  type StoredResponse,
  storedResponseSchema,
} from "../schemas";
import { acceptRequest } from "./accept-request";
import { enqueueRequest, type RequestQueue } from "./enqueue-request";
import { checkIdempotencyKey, hashRequest, readFirstResponse } from "./idempotency";
import type { NewRequest } from "./insert-requests";

export interface Submission {
  principal: Principal;
  input: InferenceInput;
  idempotencyKey?: string | undefined;
  traceId: string;
  /** `Prefer: wait=N`: up to 60 seconds for the result. */
  waitSeconds?: number | undefined;
  /** Ends the waiting when the caller has gone; the request itself goes on. */
  signal?: AbortSignal | undefined;
  clock?: Clock;
}

export interface SubmissionOutcome {
  accepted: AcceptedView;
  /** Set when the caller waited and the request ended in time. */
  result: ResultView | null;
  /** True when an earlier call with the same Idempotency-Key gave this answer. */
  replayed: boolean;
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
  const { accepted, requestId, replayed } = await inSpan("accept inference", {}, () =>
    acceptOnce(db, queue, submission),
  );
  const seconds = Math.min(submission.waitSeconds ?? 0, MAX_WAIT_SECONDS);
  const result =
    seconds > 0
      ? await resultInTime(db, { ...reachOf(submission.principal), requestId }, seconds, submission.signal)
      : null;
  return { accepted, result, replayed };
}

async function acceptOnce(db: Db, queue: RequestQueue, submission: Submission) {
  const { principal, clock = systemClock } = submission;
  const input = normalizeInput(submission.input);
  const model = findModel(input.model, clock.now());
  checkRequest(input, model, principal);

  const request = await newRequest(db, submission, input, model, newId(clock.now()));
  const { environment } = request;
  const metadata = input.metadata ?? {};
  const accepted = toAcceptedView({
    id: request.id,
    createdAt: request.createdAt,
    model: model.id,
    environment,
    metadata,
  });
  const replayOf = ({ answer, requestId }: { answer: StoredResponse; requestId: string }) => ({
    accepted: acceptedViewSchema.parse({ ...answer, environment, metadata }),
    requestId,
    replayed: true,
  });
  const idempotency =
    submission.idempotencyKey === undefined
      ? undefined
      : {
          claim: {
            orgId: principal.orgId,
            operation: `inference.submit:${request.environment}`,
            key: checkIdempotencyKey(submission.idempotencyKey),
            ...(await hashRequest(db, principal.orgId, submission.input)),
          },
          answer: storedResponseSchema.parse(accepted),
        };

  try {
    await assertModelOn(db, model);
  } catch (error) {
    // What was accepted before goes on, and a repetition of that call still gets its answer.
    const known = idempotency && (await readFirstResponse(db, idempotency.claim));
    if (known === undefined) throw error;
    return replayOf(known);
  }
  const first = await acceptRequest(db, { request, idempotency });
  if (first !== null) return replayOf(first);
  enqueueRequest(db, queue, {
    requestId: request.id,
    queueName: request.queueName,
    traceId: request.traceId,
  });
  return { accepted, requestId: request.id, replayed: false };
}

async function newRequest(
  db: Db,
  { principal, traceId, input: { environment: asked } }: Submission,
  input: ChatRequest,
  model: Model,
  id: string,
): Promise<NewRequest> {
  const maxOutputTokens = outputLimit(input, model);
  const inputTokens = boundInputTokens(input, model);
  return {
    id,
    createdAt: timeOfId(id),
    orgId: principal.orgId,
    userId: principal.userId,
    apiKeyId: principal.kind === "key" ? principal.apiKeyId : null,
    spendId: principal.kind === "key" ? principal.spendId : null,
    plan: principal.plan,
    environment: environmentOf(principal, asked ?? undefined),
    queueName: plans[principal.plan].queue,
    model,
    inputCipher: await encryptText(
      db,
      { type: "org", id: principal.orgId },
      inputField(id),
      JSON.stringify(input),
    ),
    metadata: await encryptMetadata(db, { orgId: principal.orgId, requestId: id, metadata: input.metadata }),
    parameters: plainParameters(input),
    // Where there is a trace, the row carries all of it that a later send or attempt needs to belong to it.
    traceId: injectTrace() ?? traceId,
    maxOutputTokens,
    tokens: inputTokens + maxOutputTokens,
    costMicros: boundCost(model, { inputTokens, outputTokens: maxOutputTokens }),
    maxAttempts: env().WORKER_MAX_ATTEMPTS,
  };
}

/** What may stand unencrypted beside the row: numbers and choices. Metadata, tools and stop words are content. */
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
