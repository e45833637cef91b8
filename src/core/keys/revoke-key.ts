import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import type { Principal } from "../platform/principal";
import { asKeyManager, keyNotFound } from "./key-manager";
import type { KeyIdInput, KeyView } from "./schemas";
import { keyColumns, toKeyView } from "./to-key-view";
import { forgetKey } from "./verify-api-key";

/**
 * Ends a key for good: here at once, in every other process within five seconds. Revoking it again changes nothing.
 * @throws AppError `not_found`, also for another organization's key; `insufficient_role`.
 */
export async function revokeKey(
  db: Db,
  { principal, input }: { principal: Principal; input: KeyIdInput },
  clock: Clock = systemClock,
): Promise<KeyView> {
  const { orgId, userId } = asKeyManager(principal);
  const now = clock.now();
  await db.apiKey.updateMany({
    where: { id: input.id, orgId, revokedAt: null },
    data: { revokedAt: now, revokedBy: userId },
  });
  const row = await db.apiKey.findUnique({
    where: { id: input.id, orgId },
    select: { ...keyColumns, secretHash: true },
  });
  if (row === null) throw keyNotFound();
  forgetKey(row.secretHash);
  return toKeyView(row, now);
}
