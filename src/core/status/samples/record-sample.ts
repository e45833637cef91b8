import { type Clock, DAY, type Db, MINUTE, systemClock } from "../../platform";
import { Prisma } from "../../platform/db/client";
import type { ExpiredRows } from "../../platform/db/rows/expire-rows";
import type { Queue } from "../../platform/queue/queue";
import { measureComponents } from "./measure";
import { type Probes, probes as realProbes } from "./probes";

/** Longer than the page shows days. */
const DAYS_KEPT = 100;

/** Measures every component and keeps what was found for this minute. A second finding of the same minute changes nothing. */
export async function sampleStatus(
  { db, queue, probes = realProbes }: { db: Db; queue: Pick<Queue, "depths">; probes?: Probes },
  clock: Clock = systemClock,
): Promise<void> {
  const minute = new Date(Math.floor(clock.now().getTime() / MINUTE) * MINUTE);
  const findings = Object.entries(await measureComponents({ db, queue, probes }, clock));
  // Day and sample in one statement: a kill between the two cannot count a minute twice, nor lose it from its day.
  await db.$executeRaw`
    WITH found AS (
      SELECT * FROM unnest(${findings.map(([component]) => component)}::text[],
        ${findings.map(([, state]) => state)}::component_state[]) AS f (component, state)
    ), sampled AS (
      INSERT INTO status_samples (component, minute, state)
      SELECT component, ${minute}::timestamptz, state FROM found
      ON CONFLICT DO NOTHING
      RETURNING component, minute, state
    )
    INSERT INTO status_days AS d (component, day, since, up, degraded, down, idle)
    SELECT component, (minute AT TIME ZONE 'UTC')::date, minute, (state = 'up')::int, (state = 'degraded')::int,
      (state = 'down')::int, (state = 'idle')::int
    FROM sampled
    ON CONFLICT (component, day) DO UPDATE SET since = least(d.since, excluded.since), up = d.up + excluded.up,
      degraded = d.degraded + excluded.degraded, down = d.down + excluded.down, idle = d.idle + excluded.idle`;
}

export const expiredStatusRows: ExpiredRows = {
  status_samples: Prisma.sql`minute < now() - interval '2 days'`,
  // An update is queued once, so its rows are not needed to know that it was.
  status_emails: Prisma.sql`sent_at < now() - interval '30 days'`,
  status_days: Prisma.sql`day < (now() - ${`${DAYS_KEPT} days`}::interval)::date`,
};

export const HISTORY_MS = 90 * DAY;
