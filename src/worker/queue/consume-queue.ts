import { setTimeout as sleep } from "node:timers/promises";
import { backoff } from "@agathaai/core/platform/concurrency/backoff";
import type { QueueMessage, QueueName } from "@agathaai/core/platform/queue/queue";
import type { JobContext } from "../engine/job/job-context";
import { runJob } from "../engine/job/run-job";
import { workerMetrics } from "../metrics";
import { applyDisposition } from "./apply-disposition";

export interface ConsumeOptions {
  queueName: QueueName;
  /** Messages in flight at once. */
  concurrency: number;
  /** Receive no more messages; jobs in flight go on. */
  stop: AbortSignal;
  /** Stop jobs in flight and release their requests. */
  abort: AbortSignal;
}

const LONG_POLL_SECONDS = 20;
/** SQS gives at most ten messages a call. */
const MOST_A_CALL = 10;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Receives messages of one queue, never more than it has free slots for, and runs them. Each queue has slots of its own:
 * however many standard requests wait, the enterprise slots stay free for enterprise.
 * Resolves once stopped and empty.
 */
export async function consumeQueue(context: JobContext, options: ConsumeOptions): Promise<void> {
  const { queueName, concurrency, stop, abort } = options;
  const { queue, log, leaseMs } = context;
  const inFlight = new Set<Promise<void>>();
  let failures = 0;

  const handle = async (message: QueueMessage) => {
    const disposition = await runJob(context, message, { shutdown: abort });
    // The database did not answer: taking more messages now would only burn their receive counts.
    if (disposition.action === "leave" && disposition.because === "error") failures += 1;
    await applyDisposition(context, message, disposition);
  };

  while (!stop.aborted) {
    if (inFlight.size >= concurrency) {
      await Promise.race(inFlight);
      continue;
    }
    if (failures > 0 && !(await pause(failures, stop))) break;
    try {
      const messages = await queue.receive(queueName, {
        max: Math.min(MOST_A_CALL, concurrency - inFlight.size),
        waitSeconds: LONG_POLL_SECONDS,
        visibilitySeconds: Math.ceil(leaseMs / 1_000),
        signal: stop,
      });
      failures = 0;
      for (const message of messages) {
        const job = handle(message).finally(() => {
          inFlight.delete(job);
          workerMetrics().inFlight.set({ queue: queueName }, inFlight.size);
        });
        inFlight.add(job);
        workerMetrics().inFlight.set({ queue: queueName }, inFlight.size);
      }
    } catch (error) {
      if (stop.aborted) break;
      failures += 1;
      log.warn({ err: error, queue: queueName }, "queue not reachable");
    }
  }
  await Promise.all(inFlight);
}

/** Exponential with full jitter; false when stopped meanwhile. */
async function pause(failures: number, stop: AbortSignal): Promise<boolean> {
  const pauseMs = backoff(failures, { baseMs: FIRST_PAUSE_MS, capMs: LONGEST_PAUSE_MS, jitter: "full" });
  try {
    await sleep(Math.max(FIRST_PAUSE_MS, pauseMs), undefined, { signal: stop });
    return true;
  } catch {
    return false;
  }
}
