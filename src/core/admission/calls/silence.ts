import { z } from "zod";
import { type Db, MINUTE, SECOND } from "../../platform";

/**
 * Shorter than a process's row is good for by more than the second that may lie between a renewal and a look: when PostgreSQL is back, a
 * row has never expired while the mark still says that somebody could have renewed it.
 */
const MARK_MS = 2 * SECOND;
/** As after a restart of PostgreSQL. */
const GRACE_MS = 8 * SECOND;
/** So soon after a grace period there is no other, unless somebody has looked steadily since: who looks seldom must not put it off for ever. */
const BETWEEN_MS = MINUTE;
/**
 * An outage may begin within a grace period. Then it is followed by one of its own, where somebody had looked steadily by then, and for a
 * minute after that look: who looks seldom every other time must not put it off for ever either.
 */
const IN_A_ROW_MS = MINUTE;

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
    in_a_row AS (SELECT held_until FROM leases WHERE name = 'graces in a row'),
    steady AS (
      DELETE FROM leases USING mark, last
      WHERE name IN ('grace of calls', 'graces in a row', 'grace after a grace')
        AND last.held_until <= now() AND mark.stands
    ),
    steady_in_grace AS (
      INSERT INTO leases (name, holder, held_until)
      SELECT 'graces in a row', gen_random_uuid(), now() + ${IN_A_ROW_MS}::int * interval '1 millisecond'
      FROM mark, last WHERE mark.stands AND last.held_until > now()
      ON CONFLICT (name) DO NOTHING
    ),
    anew AS (
      DELETE FROM leases USING mark, last
      WHERE name IN ('graces in a row', 'grace after a grace') AND NOT mark.stands
        AND last.held_until < now() - ${BETWEEN_MS}::int * interval '1 millisecond'
    ),
    -- An outage may also begin before anybody has looked a second time, within a second of the end of the one before. Nothing tells
    -- it from who looks seldom. So there is one such time, and another when somebody has looked steadily or a minute has passed.
    once_more AS (
      INSERT INTO leases (name, holder, held_until)
      SELECT 'grace after a grace', gen_random_uuid(), now()
      FROM mark, last WHERE NOT mark.stands
        AND last.held_until >= now() - ${BETWEEN_MS}::int * interval '1 millisecond'
      ON CONFLICT (name) DO NOTHING
      RETURNING name
    ),
    grace AS (
      INSERT INTO leases AS l (name, holder, held_until)
      SELECT 'grace of calls', gen_random_uuid(), now() + ${GRACE_MS}::int * interval '1 millisecond'
      FROM mark WHERE NOT mark.stands
      ON CONFLICT (name) DO UPDATE SET held_until = EXCLUDED.held_until
      WHERE l.held_until < now() - ${BETWEEN_MS}::int * interval '1 millisecond'
        OR EXISTS (
          SELECT FROM in_a_row
          WHERE in_a_row.held_until > l.held_until - ${GRACE_MS}::int * interval '1 millisecond'
        )
        OR EXISTS (SELECT FROM once_more)
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
