import {
  type ClaimedRequest,
  type Completion,
  claimRequest,
  completeRequest,
  failRequest,
  finishCancelled,
  handBackRequest,
  type Lease,
  retryRequest,
} from "@agathaai/core/inference";
import { toPublicId } from "@agathaai/core/platform/ids";
import { parseInferenceMessage, type QueueMessage } from "@agathaai/core/platform/queue";
import { ProviderFailure } from "./errors";
import type { JobContext } from "./job-context";
import { keepLease, type LeaseKeeper } from "./keep-lease";
import { persist } from "./persist";
import { routeToProvider } from "./providers";
import { decideRetry } from "./retry";

/** What the entrypoint does with the message now. */
export type MessageFate =
  | { action: "delete" }
  | { action: "redeliver"; delayMs: number }
  /** Keep a copy in the dead-letter queue, with the reason, then delete. */
  | { action: "dead_letter"; reason: string }
  /** Do nothing: it comes back when its visibility runs out. */
  | { action: "leave"; because: "lease lost" | "error" };

/**
 * One message, from claim to terminal state: the job of both entrypoints. Never throws, so one message can do no harm
 * to its batch. `shutdown` stops the call and hands the request back.
 */
export async function runJob(
  context: JobContext,
  message: QueueMessage,
  { shutdown }: { shutdown: AbortSignal },
): Promise<MessageFate> {
  const parsed = parseInferenceMessage(message.body);
  if (!parsed) return { action: "dead_letter", reason: "unreadable message" };
  try {
    const claim = await claimRequest(context.db, {
      requestId: parsed.requestId,
      owner: context.owner,
      leaseMs: context.leaseMs,
    });
    switch (claim.outcome) {
      case "claimed":
        return await attempt(context, { job: claim.job, message, shutdown });
      case "not_due":
      case "leased":
        return { action: "redeliver", delayMs: claim.retryInMs };
      case "finished":
        return { action: "delete" };
      case "missing":
        return { action: "dead_letter", reason: "unknown request" };
      case "exhausted":
        return { action: "dead_letter", reason: "attempts exhausted" };
    }
  } catch (error) {
    // Almost always the database. The row is the truth: the message returns, or the sweep sends another.
    context.log.error({ err: error, request_id: toPublicId("inf", parsed.requestId) }, "job not finished");
    return { action: "leave", because: "error" };
  }
}

interface Attempt {
  job: ClaimedRequest;
  message: QueueMessage;
  shutdown: AbortSignal;
}

async function attempt(context: JobContext, { job, message, shutdown }: Attempt): Promise<MessageFate> {
  const { db } = context;
  const lease: Lease = {
    requestId: job.requestId,
    orgId: job.orgId,
    owner: job.owner,
    attempt: job.attempt,
  };
  if (job.cancelRequested) {
    await finishCancelled(db, lease);
    return { action: "delete" };
  }
  const keeper = keepLease(context, { lease, message, shutdown });
  const startedAt = performance.now();
  try {
    const answer = await callProvider(context, job, keeper);
    const latencyMs = Math.round(performance.now() - startedAt);
    const settle = <T>(write: () => Promise<T>) =>
      persist(write, { until: keeper.heldUntil, log: context.log });
    if (!(answer instanceof ProviderFailure)) {
      logAttempt(context, job, latencyMs, answer);
      const { settled } = await settle(() =>
        completeRequest(db, { ...lease, completion: answer, latencyMs }),
      );
      return settled ? { action: "delete" } : { action: "leave", because: "lease lost" };
    }
    logAttempt(context, job, latencyMs, answer);
    if (keeper.stopReason !== undefined && answer.kind === "aborted") {
      switch (keeper.stopReason) {
        case "lease_lost":
          return { action: "leave", because: "lease lost" };
        case "cancelled":
          await settle(() => finishCancelled(db, lease));
          return { action: "delete" };
        case "shutdown":
          await settle(() => handBackRequest(db, lease));
          return { action: "redeliver", delayMs: 0 };
      }
    }
    return await settleFailure(context, { job, lease, failure: answer, settle });
  } finally {
    keeper.stop();
  }
}

/** The provider's answer or its failure; anything else that is thrown is our own defect and counts as a failure too. */
async function callProvider(
  { providers, providerTimeoutMs, log }: JobContext,
  job: ClaimedRequest,
  { signal }: LeaseKeeper,
): Promise<Completion | ProviderFailure> {
  try {
    const provider = routeToProvider(providers, job);
    if (!provider) return new ProviderFailure("auth", { provider: "simulator", detail: "no such provider" });
    const { upstreamModel, input, maxOutputTokens } = job;
    return await provider.complete(
      { upstreamModel, input, maxOutputTokens },
      { signal, timeoutMs: providerTimeoutMs },
    );
  } catch (error) {
    if (error instanceof ProviderFailure) return error;
    log.error({ err: error, request_id: toPublicId("inf", job.requestId) }, "engine defect");
    return new ProviderFailure("server", {
      provider: "simulator",
      publicCode: "internal_error",
      publicMessage: "Something went wrong on our side. Please send the request again.",
    });
  }
}

interface FailedAttempt {
  job: ClaimedRequest;
  lease: Lease;
  failure: ProviderFailure;
  settle: <T>(write: () => Promise<T>) => Promise<T>;
}

async function settleFailure(context: JobContext, failed: FailedAttempt): Promise<MessageFate> {
  const { job, lease, failure, settle } = failed;
  const error = { code: failure.publicCode, message: failure.publicMessage };
  const decision = decideRetry(failure, {
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    random: Math.random(),
  });
  if (decision.action === "retry") {
    const { delayMs } = decision;
    await settle(() => retryRequest(context.db, { ...lease, delayMs, error }));
    return { action: "redeliver", delayMs };
  }
  await settle(() => failRequest(context.db, { ...lease, error }));
  return decision.exhausted
    ? { action: "dead_letter", reason: `attempts exhausted: ${failure.kind}` }
    : { action: "delete" };
}

function logAttempt(
  { log }: JobContext,
  job: ClaimedRequest,
  latencyMs: number,
  answer: Completion | ProviderFailure,
): void {
  const fields = {
    request_id: toPublicId("inf", job.requestId),
    trace_id: job.traceId,
    provider: job.environment === "test" ? "simulator" : job.provider,
    model: job.upstreamModel,
    attempt: job.attempt,
    latency_ms: latencyMs,
  };
  if (answer instanceof ProviderFailure) {
    const level = answer.kind === "auth" ? "error" : "warn";
    log[level]({ ...fields, kind: answer.kind, reason: answer.message }, "attempt failed");
  } else {
    log.info(
      { ...fields, input_tokens: answer.usage.inputTokens, output_tokens: answer.usage.outputTokens },
      "attempt completed",
    );
  }
}
