import { setTimeout as sleep } from "node:timers/promises";
import type { Lane } from "@agathaai/core/inference";
import { metrics } from "@agathaai/core/platform/observability/metrics";
import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import type { JobContext } from "../engine/job-context";
import { runJob } from "../engine/run-job";
import { applyFate } from "./apply-fate";

export interface LaneOptions {
  lane: Lane;
  /** Messages in flight at once. */
  concurrency: number;
  /** Receive nothing more; what is in flight goes on. */
  stop: AbortSignal;
  /** Stop what is in flight and hand it back. */
  abort: AbortSignal;
}

const LONG_POLL_SECONDS = 20;
/** SQS gives at most ten messages a call. */
const MOST_A_CALL = 10;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Receives one lane's messages, never more than there is room for, and runs them. Each lane has its own room: however
 * many standard requests wait, the enterprise lane's places stay free for enterprise.
 * Resolves once stopped and empty.
 */
export async function consumeLane(context: JobContext, options: LaneOptions): Promise<void> {
  const { lane, concurrency, stop, abort } = options;
  const { queue, log, leaseMs } = context;
  const inFlight = new Set<Promise<void>>();
  let troubles = 0;

  const handle = async (message: QueueMessage) => {
    const fate = await runJob(context, message, { shutdown: abort });
    // The database did not answer: taking more messages now would only burn their receive counts.
    if (fate.action === "leave" && fate.because === "error") troubles += 1;
    await applyFate(context, message, fate);
  };

  while (!stop.aborted) {
    if (inFlight.size >= concurrency) {
      await Promise.race(inFlight);
      continue;
    }
    if (troubles > 0 && !(await pause(troubles, stop))) break;
    try {
      const messages = await queue.receive(lane, {
        max: Math.min(MOST_A_CALL, concurrency - inFlight.size),
        waitSeconds: LONG_POLL_SECONDS,
        visibilitySeconds: Math.ceil(leaseMs / 1_000),
        signal: stop,
      });
      troubles = 0;
      for (const message of messages) {
        const job = handle(message).finally(() => {
          inFlight.delete(job);
          metrics().workerInFlight.set({ lane }, inFlight.size);
        });
        inFlight.add(job);
        metrics().workerInFlight.set({ lane }, inFlight.size);
      }
    } catch (error) {
      if (stop.aborted) break;
      troubles += 1;
      log.warn({ err: error, lane }, "queue not reachable");
    }
  }
  await Promise.all(inFlight);
}

/** Exponential with full jitter; false when stopped meanwhile. */
async function pause(troubles: number, stop: AbortSignal): Promise<boolean> {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(troubles, 10));
  try {
    await sleep(Math.max(FIRST_PAUSE_MS, ceiling * Math.random()), undefined, { signal: stop });
    return true;
  } catch {
    return false;
  }
}
