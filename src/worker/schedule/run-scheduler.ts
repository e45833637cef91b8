import { setTimeout as sleep } from "node:timers/promises";
import { type Db, MINUTE } from "@agathaai/core/platform";
import { withLease } from "@agathaai/core/platform/concurrency/lease";
import { type JobTiming, keepJobs, noteRun } from "@agathaai/core/upkeep";
import pLimit, { type LimitFunction } from "p-limit";
import type { JobContext } from "../engine/job/job-context";
import { workerMetrics } from "../metrics";

export type SchedulerContext = Pick<JobContext, "db" | "queue" | "log">;

export interface ScheduledJob extends JobTiming {
  /** Must be safe to repeat and to interrupt; `signal` aborts when the process stops. */
  run(context: SchedulerContext, signal: AbortSignal): Promise<void>;
}

/** Leaves connections for callers: if all jobs started at once, they could take the whole pool. */
const JOBS_AT_ONCE = 3;
/** Well within the time in which a job is not late: a job of the release before leaves no row behind. */
const LISTED_EVERY_MS = 5 * MINUTE;

/**
 * Runs every job at the start and then at its interval, varied by a tenth so that processes started together drift
 * apart. Only one process at a time runs a job. An error is logged, and the job runs again at its next interval. How each
 * run ended is noted in the database, where a job that does not run is noticed (`core/upkeep/job-runs.ts`).
 * Resolves when stopped and all running jobs have ended.
 */
export async function runScheduler(
  context: SchedulerContext,
  jobs: readonly ScheduledJob[],
  stop: AbortSignal,
): Promise<void> {
  const turns = pLimit(JOBS_AT_ONCE);
  await Promise.all([
    keepListed(context, jobs, stop),
    ...jobs.map((job) => repeat(context, job, stop, turns)),
  ]);
}

async function keepListed(
  { db, log }: SchedulerContext,
  jobs: readonly ScheduledJob[],
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await keepJobs(db, jobs).catch((error: unknown) => log.warn({ err: error }, "jobs could not be listed"));
    if (!(await paused(LISTED_EVERY_MS, stop))) return;
  }
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
        if (stop.aborted) return;
        const ran = await runExclusively(context.db, job.name, () => job.run(context, stop));
        if (ran && !stop.aborted) await note(context, job, { failed: false });
      });
    } catch (error) {
      if (!stop.aborted) {
        workerMetrics().jobFailures.inc({ name: job.name });
        context.log.error({ err: error, job: job.name }, "scheduled job failed");
        await note(context, job, { failed: true });
      }
    }
    if (!(await paused(job.everyMs * (0.9 + Math.random() / 5), stop))) return;
  }
}

/** A note that is lost makes a job look late that is not, which is the better error. */
async function note(
  { db, log }: SchedulerContext,
  job: ScheduledJob,
  how: { failed: boolean },
): Promise<void> {
  await noteRun(db, job, how).catch((error: unknown) => {
    log.warn({ err: error, job: job.name }, "how a job ended could not be noted");
  });
}

/** False when told to stop meanwhile. */
async function paused(ms: number, stop: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: stop });
    return true;
  } catch {
    return false;
  }
}

/**
 * False when another process holds the lease. No connection is held while the job runs, because many jobs wait for
 * outside services.
 */
export async function runExclusively(db: Db, name: string, run: () => Promise<void>): Promise<boolean> {
  return (await withLease(db, { name: `job ${name}` }, run)).acquired;
}
