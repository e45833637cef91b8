import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "@agathaai/core/platform";
import { withLease } from "@agathaai/core/platform/concurrency/lease";
import pLimit, { type LimitFunction } from "p-limit";
import type { JobContext } from "../engine/job/job-context";

export type SchedulerContext = Pick<JobContext, "db" | "queue" | "log">;

export interface ScheduledJob {
  name: string;
  everyMs: number;
  /** Must be safe to repeat and to interrupt; `signal` aborts when the process stops. */
  run(context: SchedulerContext, signal: AbortSignal): Promise<void>;
}

/** Leaves connections for callers: if all jobs started at once, they could take the whole pool. */
const JOBS_AT_ONCE = 3;

/**
 * Runs every job at the start and then at its interval, varied by a tenth so that processes started together drift
 * apart. Only one process at a time runs a job. An error is logged, and the job runs again at its next interval.
 * Resolves when stopped and all running jobs have ended.
 */
export async function runScheduler(
  context: SchedulerContext,
  jobs: readonly ScheduledJob[],
  stop: AbortSignal,
): Promise<void> {
  const turns = pLimit(JOBS_AT_ONCE);
  await Promise.all(jobs.map((job) => repeat(context, job, stop, turns)));
}

async function repeat(
  context: SchedulerContext,
  job: ScheduledJob,
  stop: AbortSignal,
  turns: LimitFunction,
): Promise<void> {
  while (!stop.aborted) {
    try {
      await turns(async () => {
        if (!stop.aborted) await runExclusively(context.db, job.name, () => job.run(context, stop));
      });
    } catch (error) {
      if (!stop.aborted) context.log.error({ err: error, job: job.name }, "scheduled job failed");
    }
    try {
      await sleep(job.everyMs * (0.9 + Math.random() / 5), undefined, { signal: stop });
    } catch {
      return;
    }
  }
}

/**
 * False when another process holds the lease. No connection is held while the job runs, because many jobs wait for
 * outside services.
 */
export async function runExclusively(db: Db, name: string, run: () => Promise<void>): Promise<boolean> {
  return (await withLease(db, { name: `job ${name}` }, run)).acquired;
}
