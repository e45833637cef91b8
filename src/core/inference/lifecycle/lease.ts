import type { Region } from "../../../shared/places";
import type { Db, Environment } from "../../platform";
import { Prisma } from "../../platform/db/client";
import type { QueueName } from "../../platform/queue/queue";
import type { ChatRequest } from "../request/chat";
import { isRequest } from "../request-row";

/**
 * The right to end one attempt. Attempt numbers only grow, so a worker whose lease ran out (and whose request
 * another has claimed) can change nothing: each statement is conditional on both `owner` and `attempt`.
 */
export interface Lease {
  requestId: string;
  orgId: string;
  /** As the customer asked. */
  model: string;
  owner: string;
  attempt: number;
}

/** What a worker needs to answer one request, once it holds the lease. */
export interface ClaimedRequest extends Lease {
  environment: Environment;
  /** The region that its organization’s prompts may not leave, at this moment. */
  residency: Region | null;
  /** The organization is in HIPAA mode at this moment. */
  hipaa: boolean;
  queueName: QueueName;
  provider: string;
  /** As the provider names it. */
  upstreamModel: string;
  input: ChatRequest;
  /** Always sent upstream: the reservation is a true bound because of it. */
  maxOutputTokens: number;
  /** Attempts that count against `maxAttempts`; an attempt released at shutdown does not. */
  maxAttempts: number;
  traceId: string;
  cancelRequested: boolean;
  createdAt: Date;
  /** The organization has provider keys of its own at this moment. */
  ownKeys: boolean;
  /** It was accepted for these alone: ours may not answer it. */
  ownKeyOnly: boolean;
  /** Our fee where one of these answers, in percent of the list price. */
  ownKeyFeePercent: number;
}

export type ClaimResult =
  | { outcome: "claimed"; job: ClaimedRequest }
  /** A retry that is still waiting, or another worker's lease: look again after this time. */
  | { outcome: "not_due" | "leased"; retryInMs: number }
  /** Already ended: drop the message. */
  | { outcome: "finished" }
  | { outcome: "missing" }
  /** Out of attempts: this call has ended it as failed; the message belongs in the dead-letter queue. */
  | { outcome: "exhausted" };

/** Why an attempt or a request failed, for the customer: a stable code and what to do. Never content. */
export interface RequestError {
  code: string;
  message: string;
  /** The customer's field that is wrong, where one is. */
  param?: string | undefined;
}

/** True only for the attempt that holds the lease: a worker that lost it can change nothing. */
export function holdsLease({ owner, attempt }: Pick<Lease, "owner" | "attempt">): Prisma.Sql {
  return Prisma.sql`status = 'processing' AND lease_owner = ${owner} AND attempts = ${attempt}::int`;
}

/** The heartbeat: extends the lease and reports whether the customer has asked to cancel. */
export async function extendLease(
  db: Db,
  { job, leaseMs }: { job: Lease; leaseMs: number },
): Promise<{ held: boolean; cancelRequested: boolean }> {
  const [row] = await db.$queryRaw<{ cancel_requested: boolean }[]>`
    UPDATE inference_requests SET lease_expires_at = now() + ${leaseMs}::int * interval '1 millisecond'
    WHERE ${isRequest(job.requestId)} AND ${holdsLease(job)}
    RETURNING cancel_requested_at IS NOT NULL AS cancel_requested`;
  return { held: row !== undefined, cancelRequested: row?.cancel_requested ?? false };
}
