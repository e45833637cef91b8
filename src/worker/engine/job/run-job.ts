import {
  type ClaimedRequest,
  type Completion,
  claimRequest,
  finishCancelled,
} from "@agathaai/core/inference";
import { toPublicId } from "@agathaai/core/platform/ids";
import { parseInferenceMessage, type QueueMessage } from "@agathaai/core/platform/queue/queue";
import { ProviderFailure } from "../failures/errors";
import { routeToProvider } from "../providers/registry";
import type { JobContext } from "./job-context";
import { recordAttempt, recordClaim, recordDeadLetter, traceAttempt, traceCall } from "./job-telemetry";
import { keepLease } from "./keep-lease";
import { dispositionOfEnd, type MessageDisposition, settleAttempt } from "./settle-attempt";

interface Attempt {
  job: ClaimedRequest;
  message: QueueMessage;
  shutdown: AbortSignal;
}

/**
 * One message, from claim to terminal state: the job of both entrypoints. Never throws, so one message can do no harm
 * to its batch. `shutdown` stops the call and releases the request.
 */
export async function runJob(
  context: JobContext,
  message: QueueMessage,
  { shutdown }: { shutdown: AbortSignal },
): Promise<MessageDisposition> {
  const parsed = parseInferenceMessage(message.body);
  if (!parsed) {
    recordDeadLetter("unreadable");
    return { action: "dead_letter", reason: "unreadable message" };
  }
  const { requestId } = parsed;
  const startedAt = Date.now();
  try {
    const { owner, leaseMs } = context;
    const claim = await claimRequest(context.db, { requestId, owner, leaseMs });
    recordClaim(claim.outcome);
    switch (claim.outcome) {
      case "claimed": {
        const { job } = claim;
        return await traceAttempt({ job, message, startedAt }, () =>
          runAttempt(context, { job, message, shutdown }),
        );
      }
      case "not_due":
      case "leased":
        return { action: "retry", delayMs: claim.retryInMs };
      case "finished":
        return { action: "acknowledge" };
      case "missing":
        recordDeadLetter("unknown_request");
        return { action: "dead_letter", reason: "unknown request" };
      case "exhausted":
        recordDeadLetter("exhausted");
        return { action: "dead_letter", reason: "attempts exhausted" };
    }
  } catch (error) {
    // Almost always the database. The row decides: the message comes back, or recovery sends another.
    recordClaim("error");
    context.log.error({ err: error, request_id: toPublicId("inf", requestId) }, "job not finished");
    return { action: "leave", because: "error" };
  }
}

/** Keep the lease, call the provider, settle the result. */
async function runAttempt(
  context: JobContext,
  { job, message, shutdown }: Attempt,
): Promise<MessageDisposition> {
  const { db, log } = context;
  if (job.cancelRequested) return dispositionOfEnd(await finishCancelled(db, { job }), "cancelled");

  const lease = keepLease(context, { job, message, shutdown });
  const startedAt = performance.now();
  try {
    const result = await traceCall(job, () => callProvider(context, job, lease.signal));
    const latencyMs = Math.round(performance.now() - startedAt);
    recordAttempt(log, { job, latencyMs, result });
    return await settleAttempt(context, { job, lease, latencyMs, result });
  } finally {
    lease.stop();
  }
}

/** The provider's completion or its failure. Anything else that is thrown is our own defect, and a failure too. */
async function callProvider(
  { providers, providerTimeoutMs, log }: JobContext,
  job: ClaimedRequest,
  signal: AbortSignal,
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
      publicMessage: "Something failed on our side. Send the request again.",
    });
  }
}
