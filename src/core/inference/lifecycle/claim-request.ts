import type { Region } from "../../../shared/places";
import { AppError, type Db, type Environment } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import type { QueueName } from "../../platform/queue/queue";
import { decryptText } from "../../privacy";
import { type ChatRequest, chatRequestSchema } from "../request/chat";
import { inputField, isInHipaaMode, isRequest } from "../request-row";
import { isTerminal, type RequestStatus } from "../schemas";
import { nowOrCreated, openedAttempt } from "./attempt-log";
import { failExhausted, failRequest } from "./end-request";
import type { ClaimedRequest, ClaimResult, Lease, RequestError } from "./lease";
import { releaseRequest } from "./requeue-request";

interface ClaimedRow {
  org_id: string;
  environment: Environment;
  queue_name: QueueName;
  model: string;
  provider: string;
  upstream_model: string;
  input_cipher: Uint8Array | null;
  max_output_tokens: number;
  attempts: number;
  max_attempts: number;
  trace_id: string;
  cancel_requested: boolean;
  created_at: Date;
  own_keys: boolean;
  residency: Region | null;
  hipaa: boolean;
  own_key_only: boolean;
  own_key_fee_percent: number;
  suspended: boolean;
}

/**
 * Leases a request for one attempt in one conditional update: of any number of workers with the same message exactly
 * one gets it. The attempt counts from here; times are the database's, so hosts' clocks need not agree.
 *
 * A request with no attempt left, whose stored input cannot be read, or whose account, organization or key was suspended since,
 * is ended as failed by this call.
 */
export async function claimRequest(
  db: Db,
  { requestId, owner, leaseMs }: { requestId: string; owner: string; leaseMs: number },
): Promise<ClaimResult> {
  const [row] = await db.$queryRaw<ClaimedRow[]>`
    UPDATE inference_requests SET
      status = 'processing',
      lease_owner = ${owner},
      lease_expires_at = now() + ${leaseMs}::int * interval '1 millisecond',
      started_at = coalesce(started_at, ${nowOrCreated}),
      attempt_log = ${openedAttempt},
      attempts = attempts + 1
    WHERE ${isRequest(requestId)} AND attempts < max_attempts AND (
      (status = 'queued' AND next_attempt_at <= now()) OR (status = 'processing' AND lease_expires_at <= now()))
    RETURNING org_id, environment::text, queue_name::text, model, provider, upstream_model, input_cipher,
      max_output_tokens, attempts, max_attempts, trace_id, cancel_requested_at IS NOT NULL AS cancel_requested,
      created_at, own_key_only, own_key_fee_percent,
      EXISTS (SELECT FROM provider_keys p WHERE p.org_id = inference_requests.org_id) AS own_keys,
      (SELECT o.residency FROM organizations o WHERE o.id = inference_requests.org_id) AS residency,
      ${isInHipaaMode} AS hipaa,
      ${isSuspended} AS suspended`;
  return row === undefined ? whyNot(db, requestId) : toJob(db, requestId, owner, row);
}

async function toJob(db: Db, requestId: string, owner: string, row: ClaimedRow): Promise<ClaimResult> {
  const lease = { requestId, orgId: row.org_id, model: row.model, owner, attempt: row.attempts };
  if (row.suspended) {
    await failRequest(db, { job: lease, error: suspended });
    return { outcome: "finished" };
  }
  const input = await readInput(db, lease, row.input_cipher);
  if (input === undefined) return { outcome: "finished" };
  const job: ClaimedRequest = {
    ...lease,
    environment: row.environment,
    residency: row.residency,
    hipaa: row.hipaa,
    queueName: row.queue_name,
    provider: row.provider,
    upstreamModel: row.upstream_model,
    input,
    maxOutputTokens: row.max_output_tokens,
    maxAttempts: row.max_attempts,
    traceId: row.trace_id,
    cancelRequested: row.cancel_requested,
    createdAt: row.created_at,
    ownKeys: row.own_keys,
    ownKeyOnly: row.own_key_only,
    ownKeyFeePercent: row.own_key_fee_percent,
  };
  return { outcome: "claimed", job };
}

const isSuspended = Prisma.sql`(
  EXISTS (SELECT FROM organizations o WHERE o.id = inference_requests.org_id AND o.suspended_at IS NOT NULL)
  OR EXISTS (SELECT FROM users u WHERE u.id = inference_requests.user_id AND u.suspended_at IS NOT NULL)
  OR EXISTS (SELECT FROM api_keys k WHERE k.id = inference_requests.api_key_id AND k.suspended_at IS NOT NULL))`;

const suspended: RequestError = {
  code: "suspended",
  message:
    "The account, organization or key that sent this request was suspended before it could run. It was not billed.",
};

/** Undefined when the input can never be read again; the request has then been ended. */
async function readInput(db: Db, lease: Lease, cipher: Uint8Array | null): Promise<ChatRequest | undefined> {
  try {
    if (cipher === null) throw new SyntaxError("the request has no stored input");
    const text = await decryptText(db, { type: "org", id: lease.orgId }, inputField(lease.requestId), cipher);
    return chatRequestSchema.parse(JSON.parse(text));
  } catch (error) {
    if (!isFinal(error)) {
      await releaseRequest(db, { job: lease });
      throw error;
    }
    log().error({ requestId: lease.requestId, err: error }, "a stored request cannot be read");
    await failRequest(db, {
      job: lease,
      error: {
        code: "internal_error",
        message: "We could not read this request again. It was not billed. Send it again.",
      },
    });
    return undefined;
  }
}

/** A key service that is down may answer later. Erased keys and corrupted data stay as they are. */
function isFinal(error: unknown): boolean {
  if (error instanceof AppError) return error.code === "not_found" || error.code === "internal_error";
  return error instanceof SyntaxError || (error instanceof Error && error.name === "ZodError");
}

async function whyNot(db: Db, requestId: string): Promise<ClaimResult> {
  const [row] = await db.$queryRaw<
    { status: RequestStatus; model: string; due_in: number; lease_in: number; spent: boolean }[]
  >`
    SELECT status::text, model, attempts >= max_attempts AS spent,
      (extract(epoch FROM next_attempt_at - now()) * 1000)::float8 AS due_in,
      (extract(epoch FROM coalesce(lease_expires_at, now()) - now()) * 1000)::float8 AS lease_in
    FROM inference_requests WHERE ${isRequest(requestId)}`;
  if (row === undefined) return { outcome: "missing" };
  if (isTerminal(row.status)) return { outcome: "finished" };
  if (row.status === "processing" && row.lease_in > 0) {
    return { outcome: "leased", retryInMs: Math.ceil(row.lease_in) };
  }
  if (row.spent) {
    return (await failExhausted(db, { requestId, model: row.model }))
      ? { outcome: "exhausted" }
      : { outcome: "finished" };
  }
  return { outcome: "not_due", retryInMs: Math.max(1, Math.ceil(row.due_in)) };
}
