import { type ClaimedRequest, claimRequest, finishCancelled, releaseRequest } from "@agathaai/core/inference";
import { toPublicId } from "@agathaai/core/platform";
import { parseInferenceMessage, type QueueMessage } from "@agathaai/core/platform/queue/queue";
import { type OwnKeysByProvider, readOwnKeys } from "@agathaai/core/provider-keys";
import { ProviderFailure } from "../failures/errors";
import { type CallResult, toCallResult } from "./call-result";
import type { JobContext } from "./job-context";
import { logAttempt, recordClaim, recordDeadLetter, traceAttempt, traceCall } from "./job-telemetry";
import { keepLease } from "./keep-lease";
import { dispositionOfEnd, type MessageDisposition, settleAttempt } from "./settle-attempt";
import { targetsOfJob } from "./targets/targets-of-job";

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

  const own = await ownKeysOf(context, job);
  const lease = keepLease(context, { job, message, shutdown });
  const startedAt = performance.now();
  try {
    const result = await traceCall(job, () => callProvider(context, { job, own, signal: lease.signal }));
    const latencyMs = Math.round(performance.now() - startedAt);
    logAttempt(log, { job, latencyMs, result });
    return await settleAttempt(context, { job, lease, latencyMs, result });
  } finally {
    lease.stop();
  }
}

/** The organization's own keys. If they cannot be read, no provider is called, because the wrong party could be billed; another attempt reads them again. */
async function ownKeysOf({ db }: JobContext, job: ClaimedRequest): Promise<OwnKeysByProvider> {
  if (!job.ownKeys) return {};
  try {
    return await readOwnKeys(db, job.orgId);
  } catch (error) {
    await releaseRequest(db, { job });
    throw error;
  }
}

interface Call {
  job: ClaimedRequest;
  own: OwnKeysByProvider;
  signal: AbortSignal;
}

async function callProvider({ engine, log }: JobContext, { job, own, signal }: Call): Promise<CallResult> {
  try {
    const targets = targetsOfJob(job, own);
    return toCallResult(await engine.run({ targets, caller: job.orgId, input: job.input }, signal));
  } catch (error) {
    const failure = error instanceof ProviderFailure ? error : defect();
    if (failure !== error) {
      log.error({ err: error, request_id: toPublicId("inf", job.requestId) }, "engine defect");
    }
    const { model, provider, upstreamModel } = job;
    return {
      answer: failure,
      attempts: [],
      ownKey: job.ownKeyOnly,
      served: { model, provider, upstreamModel },
    };
  }
}

function defect(): ProviderFailure {
  return new ProviderFailure("server", {
    provider: "simulator",
    publicCode: "internal_error",
    publicMessage: "Something failed on our side. Send the request again.",
  });
}
