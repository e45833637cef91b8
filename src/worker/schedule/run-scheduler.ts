import { setTimeout as sleep } from "node:timers/promises";
import { withLease } from "@agathaai/core/platform/concurrency/lease";
import type { Db } from "@agathaai/core/platform/db/client";
import pLimit, { type LimitFunction } from "p-limit";
import type { JobContext } from "../engine/job-context";

export type SchedulerContext = Pick<JobContext, "db" | "queue" | "log">;

export interface ScheduledJob {
  name: string;
  everyMs: number;
  /** Safe to repeat and to break off; `signal` aborts when the process stops. */
  run(context: SchedulerContext, signal: AbortSignal): Promise<void>;
}

/** Jobs are to leave the database to callers: were all of them to start at once, they could take the whole pool. */
const JOBS_AT_ONCE = 3;

/**
 * Runs every job at the start and then at its interval, give or take a tenth so that processes started together drift
 * apart. Of all processes one at a time runs a job. An error is logged and the next tick goes on.
 * Resolves when stopped and the running jobs have ended.
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

/** False when another process holds it. No connection is held meanwhile: many jobs wait for others' services. */
export async function runExclusively(db: Db, name: string, run: () => Promise<void>): Promise<boolean> {
  return (await withLease(db, { name: `job ${name}` }, run)).acquired;
}
