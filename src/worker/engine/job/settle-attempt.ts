import { setTimeout as sleep } from "node:timers/promises";
import {
  type CalledProviders,
  type ClaimedRequest,
  type Completion,
  completeRequest,
  failRequest,
  finishCancelled,
  releaseRequest,
  retryRequest,
  type TerminalStatus,
} from "@agathaai/core/inference";
import type { Db } from "@agathaai/core/platform";
import { backoff } from "@agathaai/core/platform/concurrency/backoff";
import type { Log } from "@agathaai/core/platform/observability/log";
import { ProviderFailure } from "../failures/errors";
import { type CallResult, nobodyWasAsked } from "./call-result";
import type { JobContext } from "./job-context";
import { recordDeadLetter, recordEnd, recordRetry, traceSettlement } from "./job-telemetry";
import type { LeaseKeeper, StopReason } from "./keep-lease";
import { decideRetry, pauseOfOpenCircuit } from "./retry";

/** What an entrypoint does with a message after its job. */
export type MessageDisposition =
  | { action: "acknowledge" }
  /** Hide it for so long; it is then delivered again. */
  | { action: "retry"; delayMs: number }
  /** Keep a copy in the dead-letter queue, with the reason, then delete. */
  | { action: "dead_letter"; reason: string }
  /** Do nothing: it is delivered again when its visibility timeout ends. */
  | { action: "leave"; because: "lease lost" | "error" };

interface Finished {
  job: ClaimedRequest;
  lease: Pick<LeaseKeeper, "stopReason" | "heldUntil">;
  latencyMs: number;
  result: CallResult;
}

/** Runs a settling write until it succeeds or the lease ends. */
type Settle = <T>(write: () => Promise<T>) => Promise<T>;

/** Writes the result of a call to the request's row, and decides what becomes of its message. */
export function settleAttempt(
  { db, log }: Pick<JobContext, "db" | "log">,
  { job, lease, latencyMs, result }: Finished,
): Promise<MessageDisposition> {
  const settle: Settle = (write) => traceSettlement(() => persist(write, { until: lease.heldUntil, log }));
  const { answer, attempts, ownKey, served } = result;
  const calls: CalledProviders = { calls: attempts, ownKey, served };
  if (!(answer instanceof ProviderFailure)) {
    return settleCompletion(db, { job, completion: answer, latencyMs, ...calls }, settle);
  }
  if (answer.kind === "aborted" && lease.stopReason !== undefined) {
    return settleStopped(db, job, lease.stopReason, settle);
  }
  if (nobodyWasAsked(result)) {
    const delayMs = pauseOfOpenCircuit(answer, { ageMs: Date.now() - job.createdAt.getTime() });
    if (delayMs !== undefined) return releaseLater(db, job, delayMs, settle);
  }
  return settleFailure(db, { job, failure: answer, ...calls }, settle);
}

/** `settled: false`: another worker holds the request or has ended it. This message is left to be delivered again, which then finds the request ended. */
export function dispositionOfEnd(
  { settled }: { settled: boolean },
  status: TerminalStatus,
): MessageDisposition {
  if (settled) recordEnd(status);
  return settled ? { action: "acknowledge" } : { action: "leave", because: "lease lost" };
}

async function settleCompletion(
  db: Db,
  end: CalledProviders & { job: ClaimedRequest; completion: Completion; latencyMs: number },
  settle: Settle,
): Promise<MessageDisposition> {
  const settled = await settle(() => completeRequest(db, end));
  return dispositionOfEnd(settled, "completed");
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
      return dispositionOfEnd(await settle(() => finishCancelled(db, { job })), "cancelled");
    case "shutdown":
      return releaseLater(db, job, 0, settle);
  }
}

/** The attempt does not count. */
async function releaseLater(
  db: Db,
  job: ClaimedRequest,
  delayMs: number,
  settle: Settle,
): Promise<MessageDisposition> {
  await settle(() => releaseRequest(db, { job, delayMs }));
  return { action: "retry", delayMs };
}

async function settleFailure(
  db: Db,
  { job, failure, ...calls }: CalledProviders & { job: ClaimedRequest; failure: ProviderFailure },
  settle: Settle,
): Promise<MessageDisposition> {
  const { publicCode: code, publicMessage: message, publicParam: param } = failure;
  const error = { code, message, param };
  const { attempt, maxAttempts } = job;
  const decision = decideRetry(failure, { attempt, maxAttempts, random: Math.random() });
  if (decision.action === "fail") {
    const { settled } = await settle(() => failRequest(db, { job, error, ...calls }));
    const disposition = dispositionOfEnd({ settled }, "failed");
    return settled && decision.exhausted ? exhausted(failure) : disposition;
  }
  const { delayMs } = decision;
  const { outcome } = await settle(() => retryRequest(db, { job, delayMs, error, ...calls }));
  switch (outcome) {
    case "scheduled":
      recordRetry(failure.kind);
      return { action: "retry", delayMs };
    case "exhausted":
      recordEnd("failed");
      return exhausted(failure);
    case "cancelled":
      recordEnd("cancelled");
      return { action: "acknowledge" };
    case "lost":
      return { action: "leave", because: "lease lost" };
  }
}

function exhausted({ kind }: ProviderFailure): MessageDisposition {
  recordDeadLetter("exhausted");
  return { action: "dead_letter", reason: `attempts exhausted: ${kind}` };
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/**
 * Repeats a settling write while the database is away. A completion in hand has been paid for: giving up at the first
 * error would buy it again. Safe to repeat, because settling is conditional on the lease and happens once.
 * @param until when the lease ends; after it another worker may hold the request. Epoch milliseconds.
 * @throws the last error.
 */
async function persist<T>(write: () => Promise<T>, { until, log }: { until: number; log: Log }): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const pause = { baseMs: FIRST_PAUSE_MS, capMs: LONGEST_PAUSE_MS };
      if (Date.now() + backoff(attempt, pause) >= until) throw error;
      log.warn({ err: error }, "write repeated");
      await sleep(backoff(attempt, { ...pause, jitter: "equal" }));
    }
  }
}
