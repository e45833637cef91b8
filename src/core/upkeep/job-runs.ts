import { z } from "zod";
import { type Db, MINUTE, SECOND } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { GaugeSource } from "../platform/observability/gauges";
import { gauge } from "../platform/observability/metrics";

export interface JobTiming {
  name: string;
  everyMs: number;
  /** How long a run may take before somebody is told; 15 minutes where it says nothing. */
  takesMs?: number;
}

const TAKES_MS = 15 * MINUTE;
/** A job that runs every second says so often enough. */
const NOTED_EVERY_MS = 15 * SECOND;

const jobMetrics = singleton("job metrics", () => ({
  late: gauge(
    "agatha_job_late_seconds",
    "How long ago a scheduled job should have ended well: two of its intervals, and the time that a run may take, after the last time. 0 in time.",
    ["name"],
  ),
  idle: gauge(
    "agatha_jobs_idle_seconds",
    "How long ago any scheduled job of any worker ended well; infinite where none ever has.",
    [],
  ),
}));

const lateRows = z.array(z.object({ name: z.string(), late: z.number(), age: z.number().nullable() }));

/** By the database's clock, which wrote them. */
export const jobGauges: GaugeSource = {
  source: "database",
  gauges: () => Object.values(jobMetrics()),
  async read({ db }) {
    const rows = lateRows.parse(
      await db.$queryRaw`
        SELECT name, greatest(0, extract(epoch FROM now() - due_by))::float8 AS late,
          extract(epoch FROM now() - succeeded_at)::float8 AS age
        FROM job_runs`,
    );
    const { late, idle } = jobMetrics();
    // A job that is no more is not in time for ever.
    late.reset();
    for (const row of rows) late.set({ name: row.name }, row.late);
    idle.set(Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...rows.flatMap(({ age }) => age ?? []))));
  },
};

/**
 * Keeps a row for each job, so that one that never runs is late in the end, and none for a job that this release does not have.
 * Beside the release before, a row that one takes away the other makes again: nobody is told of it meanwhile.
 */
export async function keepJobs(db: Db, jobs: readonly JobTiming[]): Promise<void> {
  const names = jobs.map(({ name }) => name);
  await db.$executeRaw`
    INSERT INTO job_runs (name, due_by)
    SELECT name, now() + ms * interval '1 millisecond'
    FROM unnest(${names}::text[], ${jobs.map(graceMs)}::float8[]) AS job (name, ms)
    ON CONFLICT (name) DO NOTHING`;
  await db.$executeRaw`DELETE FROM job_runs WHERE name <> ALL (${names}::text[])`;
}

/** When this process last noted a success of each job. */
const noted = singleton("noted job runs", () => new Map<string, number>());

/** Notes how a run ended. A success is noted at most every 15 seconds, unless the run before has failed here. */
export async function noteRun(db: Db, job: JobTiming, { failed }: { failed: boolean }): Promise<void> {
  const { name } = job;
  if (failed) {
    noted().delete(name);
    await db.$executeRaw`
      INSERT INTO job_runs (name, due_by, failed_at, failures)
      VALUES (${name}, now() + ${graceMs(job)}::float8 * interval '1 millisecond', now(), 1)
      ON CONFLICT (name) DO UPDATE SET failed_at = now(), failures = job_runs.failures + 1`;
    return;
  }
  const now = performance.now();
  if (now - (noted().get(name) ?? Number.NEGATIVE_INFINITY) < NOTED_EVERY_MS) return;
  await db.$executeRaw`
    INSERT INTO job_runs (name, due_by, succeeded_at)
    VALUES (${name}, now() + ${graceMs(job)}::float8 * interval '1 millisecond', now())
    ON CONFLICT (name) DO UPDATE SET due_by = excluded.due_by, succeeded_at = now(), failures = 0`;
  noted().set(name, now);
}

function graceMs({ everyMs, takesMs = TAKES_MS }: JobTiming): number {
  return 2 * everyMs + takesMs;
}
