import { z } from "zod";
import { type Db, MINUTE, SECOND } from "../../platform";

/**
 * Shorter than a process's row is good for by more than the second that may lie between a renewal and a look: when PostgreSQL is back, a
 * row has never expired while the mark still says that somebody could have renewed it.
 */
const MARK_MS = 2 * SECOND;
/** As after a restart of PostgreSQL. */
const GRACE_MS = 8 * SECOND;
/** An outage that begins so long after a grace period begins a row of its own. */
const BETWEEN_MS = MINUTE;
/**
 * Outages may follow each other before anybody has looked steadily. Nothing tells that from somebody who looks seldom, and must not put the
 * closing of calls off for ever. So the grace periods of one row end within this time, however many they are.
 */
const IN_A_ROW_MS = 2 * MINUTE;

const rows = z.tuple([z.object({ certain: z.boolean() })]);

/**
 * Whether a process that has not renewed its row may be taken for dead. Whoever recovers calls leaves a mark, each second. One that has
 * run out says that nobody reached PostgreSQL meanwhile: it was cut off, or another server has taken its place. Then every
 * process gets time to renew its row, before calls are closed whose answers still arrive.
 */
export async function silenceMeansDeath(db: Db): Promise<boolean> {
  const [{ certain }] = rows.parse(
    await db.$queryRaw`
    WITH mark AS (SELECT held_until > now() AS stands FROM leases WHERE name = 'watch over calls'),
    last AS (SELECT held_until FROM leases WHERE name = 'grace of calls'),
    steady AS (
      DELETE FROM leases USING mark, last
      WHERE name IN ('grace of calls', 'graces in a row') AND last.held_until <= now() AND mark.stands
    ),
    -- Until when the grace periods of this row of outages may last.
    begun AS (
      INSERT INTO leases (name, holder, held_until)
      SELECT 'graces in a row', gen_random_uuid(), now() + ${IN_A_ROW_MS}::int * interval '1 millisecond'
      FROM mark WHERE NOT mark.stands
      ON CONFLICT (name) DO UPDATE SET held_until = EXCLUDED.held_until
      WHERE EXISTS (SELECT FROM last WHERE last.held_until < now() - ${BETWEEN_MS}::int * interval '1 millisecond')
    ),
    spent AS (
      SELECT FROM leases l, last
      WHERE l.name = 'graces in a row' AND l.held_until < now() + ${GRACE_MS}::int * interval '1 millisecond'
        AND last.held_until >= now() - ${BETWEEN_MS}::int * interval '1 millisecond'
    ),
    -- Written by everybody who finds no mark: of two who look at once neither sees what the other has written.
    grace AS (
      INSERT INTO leases (name, holder, held_until)
      SELECT 'grace of calls', gen_random_uuid(), now() + ${GRACE_MS}::int * interval '1 millisecond'
      FROM mark WHERE NOT mark.stands AND NOT EXISTS (SELECT FROM spent)
      ON CONFLICT (name) DO UPDATE SET held_until = EXCLUDED.held_until
      RETURNING name
    ),
    renewed AS (
      INSERT INTO leases (name, holder, held_until)
      VALUES ('watch over calls', gen_random_uuid(), now() + ${MARK_MS}::int * interval '1 millisecond')
      ON CONFLICT (name) DO UPDATE SET held_until = EXCLUDED.held_until
    )
    SELECT NOT EXISTS (SELECT FROM grace)
      AND NOT EXISTS (SELECT FROM leases WHERE name = 'grace of calls' AND held_until > now()) AS certain`,
  );
  return certain;
}

/**
 * The same for who does not watch, and leaves no mark: false during the watchers' grace period, and for a minute after their mark has run
 * out, since that is what a call sees which is the first to reach PostgreSQL again. Where nobody watches, a silent process is dead.
 */
export async function watchersAreCertain(db: Db): Promise<boolean> {
  const [{ certain }] = rows.parse(
    await db.$queryRaw`
    SELECT NOT EXISTS (
      SELECT FROM leases
      WHERE name = 'grace of calls' AND held_until > now()
        OR name = 'watch over calls' AND held_until <= now()
          AND held_until > now() - ${BETWEEN_MS}::int * interval '1 millisecond') AS certain`,
  );
  return certain;
}
