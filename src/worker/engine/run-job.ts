import {
  type ClaimedRequest,
  type Completion,
  claimRequest,
  completeRequest,
  failRequest,
  finishCancelled,
  releaseRequest,
  retryRequest,
} from "@agathaai/core/inference";
import type { Db } from "@agathaai/core/platform/db/client";
import { toPublicId } from "@agathaai/core/platform/ids";
import type { Log } from "@agathaai/core/platform/observability/log";
import { metrics } from "@agathaai/core/platform/observability/metrics";
import { inSpan, traceIdOf } from "@agathaai/core/platform/observability/trace";
import { parseInferenceMessage, type QueueMessage } from "@agathaai/core/platform/queue/queue";
import { ProviderFailure } from "./failures/errors";
import type { JobContext } from "./job-context";
import { keepLease, type StopReason } from "./keep-lease";
import { persist } from "./persist";
import { routeToProvider } from "./providers/registry";
import { decideRetry } from "./retry";

/** What the entrypoint does with the message after the job. */
export type MessageDisposition =
  | { action: "acknowledge" }
  | { action: "retry"; delayMs: number }
  /** Keep a copy in the dead-letter queue, with the reason, then delete. */
  | { action: "dead_letter"; reason: string }
  /** Do nothing: it comes back when its visibility runs out. */
  | { action: "leave"; because: "lease lost" | "error" };

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
    metrics().workerDeadLetters.inc({ reason: "unreadable" });
    return { action: "dead_letter", reason: "unreadable message" };
  }
  const startedAt = Date.now();
  try {
    const claim = await claimRequest(context.db, {
      requestId: parsed.requestId,
      owner: context.owner,
      leaseMs: context.leaseMs,
    });
    metrics().workerClaims.inc({ outcome: claim.outcome });
    switch (claim.outcome) {
      case "claimed":
        return await tracedAttempt(context, { job: claim.job, message, shutdown }, startedAt);
      case "not_due":
      case "leased":
        return { action: "retry", delayMs: claim.retryInMs };
      case "finished":
        return { action: "acknowledge" };
      case "missing":
        metrics().workerDeadLetters.inc({ reason: "unknown_request" });
        return { action: "dead_letter", reason: "unknown request" };
      case "exhausted":
        metrics().workerDeadLetters.inc({ reason: "exhausted" });
        return { action: "dead_letter", reason: "attempts exhausted" };
    }
  } catch (error) {
    // Almost always the database. The row is the truth: the message comes back, or recovery sends another.
    metrics().workerClaims.inc({ outcome: "error" });
    context.log.error({ err: error, request_id: toPublicId("inf", parsed.requestId) }, "job not finished");
    return { action: "leave", because: "error" };
  }
}

interface Attempt {
  job: ClaimedRequest;
  message: QueueMessage;
  shutdown: AbortSignal;
}

/** The row carries the trace of the call that made it: also what is sent again, or much later, belongs to it. */
function tracedAttempt(context: JobContext, work: Attempt, startedAt: number): Promise<MessageDisposition> {
  const { job, message } = work;
  const attributes = {
    "agatha.request_id": toPublicId("inf", job.requestId),
    "agatha.attempt": job.attempt,
    "messaging.destination.name": message.queueName,
    "messaging.message.id": message.id,
  };
  return inSpan(
    "process inference",
    { kind: "consumer", parent: job.traceId, startedAt, attributes },
    async (span) => {
      const disposition = await attempt(context, work);
      span.set({ "agatha.disposition": disposition.action });
      return disposition;
    },
  );
}

async function attempt(
  context: JobContext,
  { job, message, shutdown }: Attempt,
): Promise<MessageDisposition> {
  const { db, log } = context;
  if (job.cancelRequested) return ended(await finishCancelled(db, { job }), "cancelled");

  const keeper = keepLease(context, { job, message, shutdown });
  const startedAt = performance.now();
  try {
    const answer = await tracedCall(context, job, keeper.signal);
    const latencyMs = Math.round(performance.now() - startedAt);
    logAttempt(log, job, latencyMs, answer);
    countAttempt(job, latencyMs, answer);
    const settle: Settle = (write) =>
      inSpan("settle inference", {}, () => persist(write, { until: keeper.heldUntil, log }));
    if (!(answer instanceof ProviderFailure)) {
      return ended(
        await settle(() => completeRequest(db, { job, completion: answer, latencyMs })),
        "completed",
      );
    }
    if (answer.kind === "aborted" && keeper.stopReason !== undefined) {
      return await settleStopped(db, job, keeper.stopReason, settle);
    }
    return await settleFailure(db, job, answer, settle);
  } finally {
    keeper.stop();
  }
}

type Settle = <T>(write: () => Promise<T>) => Promise<T>;

/** Not settled: another worker holds the request, or has ended it. Its message, or this one later, finds out. */
function ended(
  { settled }: { settled: boolean },
  status: "completed" | "failed" | "cancelled",
): MessageDisposition {
  if (settled) metrics().workerEnded.inc({ status });
  return settled ? { action: "acknowledge" } : { action: "leave", because: "lease lost" };
}

async function settleStopped(
  db: Db,
  job: ClaimedRequest,
  reason: StopReason,
  settle: Settle,
): Promise<MessageDisposition> {
  switch (reason) {
    case "lease_lost":
      return { action: "leave", because: "lease lost" };
    case "cancelled":
      return ended(await settle(() => finishCancelled(db, { job })), "cancelled");
    case "shutdown":
      await settle(() => releaseRequest(db, { job }));
      return { action: "retry", delayMs: 0 };
  }
}

function tracedCall(context: JobContext, job: ClaimedRequest, signal: AbortSignal) {
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": providerOf(job),
    "gen_ai.request.model": job.upstreamModel,
    "agatha.attempt": job.attempt,
  };
  return inSpan(`chat ${job.upstreamModel}`, { kind: "client", attributes }, async (span) => {
    const answer = await callProvider(context, job, signal);
    if (answer instanceof ProviderFailure) span.fail(answer.kind);
    else {
      span.set({
        "gen_ai.usage.input_tokens": answer.usage.inputTokens,
        "gen_ai.usage.output_tokens": answer.usage.outputTokens,
      });
    }
    return answer;
  });
}

function providerOf(job: ClaimedRequest): string {
  return job.environment === "test" ? "simulator" : job.provider;
}

/** By the catalogue's own names. What we stopped ourselves says nothing about the provider. */
function countAttempt(job: ClaimedRequest, latencyMs: number, answer: Completion | ProviderFailure): void {
  const { providerSeconds, providerErrors, providerTokens } = metrics();
  const labels = { provider: providerOf(job), model: job.model };
  if (answer instanceof ProviderFailure) {
    if (answer.kind === "aborted") return;
    providerErrors.inc({ ...labels, kind: answer.kind });
  } else {
    providerTokens.inc({ ...labels, direction: "input" }, answer.usage.inputTokens);
    providerTokens.inc({ ...labels, direction: "output" }, answer.usage.outputTokens);
  }
  providerSeconds.observe(labels, latencyMs / 1_000);
}

/** The provider's answer or its failure; anything else that is thrown is our own defect and counts as a failure too. */
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
      publicMessage: "Something went wrong on our side. Please send the request again.",
    });
  }
}

async function settleFailure(
  db: Db,
  job: ClaimedRequest,
  failure: ProviderFailure,
  settle: Settle,
): Promise<MessageDisposition> {
  const { publicCode: code, publicMessage: message, publicParam: param } = failure;
  const error = { code, message, param };
  const exhausted: MessageDisposition = {
    action: "dead_letter",
    reason: `attempts exhausted: ${failure.kind}`,
  };
  const { attempt, maxAttempts } = job;
  const decision = decideRetry(failure, { attempt, maxAttempts, random: Math.random() });
  if (decision.action === "fail") {
    const disposition = ended(await settle(() => failRequest(db, { job, error })), "failed");
    if (!decision.exhausted || disposition.action !== "acknowledge") return disposition;
    metrics().workerDeadLetters.inc({ reason: "exhausted" });
    return exhausted;
  }
  const { delayMs } = decision;
  const { outcome } = await settle(() => retryRequest(db, { job, delayMs, error }));
  switch (outcome) {
    case "scheduled":
      metrics().workerRetries.inc({ kind: failure.kind });
      return { action: "retry", delayMs };
    case "exhausted":
      metrics().workerDeadLetters.inc({ reason: "exhausted" });
      metrics().workerEnded.inc({ status: "failed" });
      return exhausted;
    case "cancelled":
      metrics().workerEnded.inc({ status: "cancelled" });
      return { action: "acknowledge" };
    case "lost":
      return { action: "leave", because: "lease lost" };
  }
}

function logAttempt(
  log: Log,
  job: ClaimedRequest,
  latencyMs: number,
  answer: Completion | ProviderFailure,
): void {
  const fields = {
    request_id: toPublicId("inf", job.requestId),
    trace_id: traceIdOf(job.traceId),
    provider: providerOf(job),
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
