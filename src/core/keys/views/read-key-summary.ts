import type { Db } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";

export interface KeySummary {
  /** Whether the organization has ever made a key. */
  any: boolean;
  /** Keys that work now and stop by `until`, unless they have a successor: the soonest first. */
  expiring: { id: string; name: string; expires_at: string }[];
}

const MOST_SHOWN = 5;

export async function readKeySummary(
  db: Db,
  { orgId, now, until }: { orgId: string; now: Date; until: Date },
): Promise<KeySummary> {
  const [any, expiring] = await Promise.all([
    db.apiKey.findFirst({ where: { orgId }, select: { id: true } }),
    db.apiKey.findMany({
      where: { orgId, revokedAt: null, successorId: null, expiresAt: { gt: now, lte: until } },
      orderBy: { expiresAt: "asc" },
      take: MOST_SHOWN,
      select: { id: true, name: true, expiresAt: true },
    }),
  ]);
  return {
    any: any !== null,
    expiring: expiring.flatMap(({ id, name, expiresAt }) =>
      expiresAt === null ? [] : [{ id: toPublicId("key", id), name, expires_at: expiresAt.toISOString() }],
    ),
  };
}
