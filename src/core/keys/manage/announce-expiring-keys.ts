import { type Clock, DAY, type Db, stableId, systemClock, toPublicId } from "../../platform";
import { emitEvents } from "../../webhooks";

const AHEAD_MS = 7 * DAY;
const AT_ONCE = 1_000;

/**
 * Emits `key.expiring` for each key that ends within seven days, once for its end: a later end is announced anew. Returns the
 * number of deliveries.
 */
export async function announceExpiringKeys(db: Db, clock: Clock = systemClock): Promise<number> {
  let announced = 0;
  let after: string | undefined;
  do {
    const keys = await readExpiring(db, clock.now(), after);
    announced += await emitEvents(
      db,
      keys.map(({ id, orgId, environment, expiresAt }) => ({
        id: stableId(new Date(expiresAt.getTime() - AHEAD_MS), `key.expiring ${id}`),
        orgId,
        environment,
        type: "key.expiring",
        data: { id: toPublicId("key", id), environment, expires_at: expiresAt.toISOString() },
      })),
    );
    after = keys.length < AT_ONCE ? undefined : keys.at(-1)?.id;
  } while (after !== undefined);
  return announced;
}

/** Of organizations that want to know. */
async function readExpiring(db: Db, now: Date, after: string | undefined) {
  const keys = await db.apiKey.findMany({
    where: {
      ...(after !== undefined && { id: { gt: after } }),
      revokedAt: null,
      successorId: null,
      expiresAt: { gt: now, lte: new Date(now.getTime() + AHEAD_MS) },
      organization: { webhooks: { some: { disabledAt: null, events: { has: "key.expiring" } } } },
    },
    orderBy: { id: "asc" },
    take: AT_ONCE,
    select: { id: true, orgId: true, environment: true, expiresAt: true },
  });
  return keys.map(({ expiresAt, ...key }) => ({ ...key, expiresAt: expiresAt ?? now }));
}
