import { type Clock, DAY, type Db, stableId, systemClock, toPublicId } from "../../platform";
import { emitEvents } from "../../webhooks";

const AHEAD_MS = 7 * DAY;
const AT_ONCE = 1_000;

/**
 * Emits `key.expiring` for each key that ends within seven days, once for its end: a later end is announced anew. Returns the
 * number of deliveries.
 */
export async function announceExpiringKeys(db: Db, clock: Clock = systemClock): Promise<number> {
  const now = clock.now();
  const keys = await db.apiKey.findMany({
    where: {
      revokedAt: null,
      successorId: null,
      expiresAt: { gt: now, lte: new Date(now.getTime() + AHEAD_MS) },
      organization: { webhooks: { some: { disabledAt: null, events: { has: "key.expiring" } } } },
    },
    orderBy: { expiresAt: "asc" },
    take: AT_ONCE,
    select: { id: true, orgId: true, environment: true, expiresAt: true },
  });
  const events = keys.flatMap(({ id, orgId, environment, expiresAt }) =>
    expiresAt === null
      ? []
      : [
          {
            id: stableId(new Date(expiresAt.getTime() - AHEAD_MS), `key.expiring ${id}`),
            orgId,
            environment,
            type: "key.expiring" as const,
            data: { id: toPublicId("key", id), environment, expires_at: expiresAt.toISOString() },
          },
        ],
  );
  return await emitEvents(db, events);
}
