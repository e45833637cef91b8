import type { ClaimedRequest, ClaimResult, TerminalStatus } from "@agathaai/core/inference";
import { toPublicId } from "@agathaai/core/platform";
import type { Log } from "@agathaai/core/platform/observability/log";
import { inSpan, traceIdOf } from "@agathaai/core/platform/observability/trace";
import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import { workerMetrics } from "../../metrics";
import { type FailureKind, ProviderFailure } from "../failures/errors";
import type { CallResult } from "./call-result";

/** Spans, metrics and log lines of a job. The steps themselves are in run-job.ts and settle-attempt.ts. */

export function recordClaim(outcome: ClaimResult["outcome"] | "error"): void {
  workerMetrics().claims.inc({ outcome });
}

export function recordDeadLetter(reason: "unreadable" | "unknown_request" | "exhausted"): void {
  workerMetrics().deadLetters.inc({ reason });
}

export function recordEnd(status: TerminalStatus): void {
  workerMetrics().ended.inc({ status });
}

export function recordRetry(kind: FailureKind): void {
  workerMetrics().retries.inc({ kind });
}

/** The span of one attempt. Its parent is the call that made the request, however much later the attempt runs. */
export function traceAttempt<Disposition extends { action: string }>(
  { job, message, startedAt }: { job: ClaimedRequest; message: QueueMessage; startedAt: number },
  run: () => Promise<Disposition>,
): Promise<Disposition> {
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
      const disposition = await run();
      span.set({ "agatha.disposition": disposition.action });
      return disposition;
    },
  );
}

/** The span of the provider's call, by the OpenTelemetry conventions for generative AI. */
export function traceCall(job: ClaimedRequest, call: () => Promise<CallResult>): Promise<CallResult> {
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": providerOf(job),
    "gen_ai.request.model": job.upstreamModel,
    "agatha.attempt": job.attempt,
  };
  return inSpan(`chat ${job.upstreamModel}`, { kind: "client", attributes }, async (span) => {
    const result = await call();
    const { answer } = result;
    if (answer instanceof ProviderFailure) span.fail(answer.kind);
    else {
      span.set({
        "gen_ai.usage.input_tokens": answer.usage.inputTokens,
        "gen_ai.usage.output_tokens": answer.usage.outputTokens,
      });
    }
    return result;
  });
}

export function traceSettlement<T>(settle: () => Promise<T>): Promise<T> {
  return inSpan("settle inference", {}, settle);
}

/** One log line for a finished attempt; its calls are counted where they are made. */
export function logAttempt(
  log: Log,
  {
    job,
    latencyMs,
    result: { answer, attempts, ownKey, served },
  }: { job: ClaimedRequest; latencyMs: number; result: CallResult },
): void {
  const fields = {
    request_id: toPublicId("inf", job.requestId),
    trace_id: traceIdOf(job.traceId),
    provider: job.environment === "test" ? "simulator" : served.provider,
    model: served.upstreamModel,
    attempt: job.attempt,
    calls: attempts.length,
    latency_ms: latencyMs,
  };
  if (answer instanceof ProviderFailure) {
    // Our operators can do nothing about a customer's own key.
    const level = answer.kind === "auth" && !ownKey ? "error" : "warn";
    log[level]({ ...fields, kind: answer.kind, reason: answer.message }, "attempt failed");
  } else {
    const { inputTokens, outputTokens } = answer.usage;
    log.info({ ...fields, input_tokens: inputTokens, output_tokens: outputTokens }, "attempt completed");
  }
}

function providerOf(job: ClaimedRequest): string {
  return job.environment === "test" ? "simulator" : job.provider;
}
