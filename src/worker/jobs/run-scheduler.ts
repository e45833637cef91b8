import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "@agathaai/core/platform/db";
import type { JobContext } from "../engine/job-context";

export type SchedulerContext = Pick<JobContext, "db" | "queue" | "log">;

export interface ScheduledJob {
  name: string;
  everyMs: number;
  /** Safe to repeat and to break off; `signal` aborts when the process stops. */
  run(context: SchedulerContext, signal: AbortSignal): Promise<void>;
}

/** A job may hold its lock for this long; by then something is badly wrong and another process may try. */
const LONGEST_RUN_MS = 15 * 60_000;

/**
 * Each running job holds one connection for its lock and needs another for its work: were all of them to start at once,
 * their locks could take the whole pool and none could go on.
 */
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
  const turns = new Turns(JOBS_AT_ONCE);
  await Promise.all(jobs.map((job) => repeat(context, job, stop, turns)));
}

async function repeat(
  context: SchedulerContext,
  job: ScheduledJob,
  stop: AbortSignal,
  turns: Turns,
): Promise<void> {
  while (!stop.aborted) {
    try {
      await turns.take(async () => {
        if (!stop.aborted) await underLock(context.db, job.name, () => job.run(context, stop));
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

/** The lock lives in a transaction, so that the death of its process frees it. False when another process holds it. */
export async function underLock(db: Db, name: string, run: () => Promise<void>): Promise<boolean> {
  return db.$transaction(
    async (tx) => {
      const rows = await tx.$queryRaw<{ locked: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(hashtextextended(${`jobs.${name}`}, 0)) AS locked`;
      if (!rows[0]?.locked) return false;
      await run();
      return true;
    },
    { maxWait: 5_000, timeout: LONGEST_RUN_MS },
  );
}

/** Lets so many run at a time, in the order in which they came. */
class Turns {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take(run: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await run();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
