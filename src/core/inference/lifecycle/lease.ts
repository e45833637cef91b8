import type { Environment } from "../../platform/principal";
import type { QueueName } from "../../platform/queue/queue";
import type { ChatRequest } from "../request/chat";

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
