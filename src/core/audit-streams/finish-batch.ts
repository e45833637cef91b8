import { type Clock, type Db, HOUR, MINUTE, SECOND, systemClock } from "../platform";
import type { ClaimedStream } from "./claim-streams";

const pauses = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR] as const;

/**
 * Moves the stream behind the entries that were taken, or has them sent again after a pause that grows to an hour: they are
 * never given up. False for a worker that has lost its claim, or whose receiver was changed meanwhile: nothing is moved.
 */
export async function finishBatch(
  db: Db,
  { orgId, claim, failures, entries }: ClaimedStream,
  outcome: { taken: true } | { taken: false; error: string },
  clock: Clock = systemClock,
): Promise<boolean> {
  const now = clock.now();
  const last = entries.at(-1);
  const data =
    outcome.taken && last !== undefined
      ? {
          cursor: BigInt(last.sequence),
          failures: 0,
          lastError: null,
          failingSince: null,
          notifiedAt: null,
          deliveredAt: now,
          nextAttemptAt: now,
        }
      : {
          failures: failures + 1,
          ...(failures === 0 && { failingSince: now }),
          lastError: outcome.taken ? null : outcome.error,
          nextAttemptAt: new Date(now.getTime() + pauseAfter(failures + 1)),
        };
  const { count } = await db.auditStream.updateMany({ where: { orgId, claim }, data });
  return count > 0;
}

/** Jittered by a tenth, so that streams to one receiver do not come back together. */
export function pauseAfter(failures: number, random = Math.random()): number {
  const pause = pauses[Math.min(failures, pauses.length) - 1] ?? HOUR;
  return Math.round(pause * (0.9 + random / 5));
}
