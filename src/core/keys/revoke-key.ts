import { actorOf, recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import type { Principal } from "../platform/principal";
import { auditOfKey } from "./audit-of-key";
import { asKeyManager, keyNotFound } from "./key-manager";
import type { KeyIdInput, KeyView } from "./schemas";
import { keyColumns } from "./to-key-view";
import { forgetKey } from "./verify-api-key";
import { viewKey } from "./view-keys";

/**
 * Ends a key for good: here at once, in every other process within five seconds. Revoking it again changes nothing.
 * @throws AppError `not_found`, also for another organization's key; `insufficient_role`.
 */
export async function revokeKey(
  db: Db,
  { principal, input }: { principal: Principal; input: KeyIdInput },
  clock: Clock = systemClock,
): Promise<KeyView> {
  const manager = asKeyManager(principal);
  const { orgId, userId } = manager;
  const now = clock.now();
  const { view, secretHash } = await db.$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { id: input.id, orgId, revokedAt: null },
      data: { revokedAt: now, revokedBy: userId },
    });
    const row = await tx.apiKey.findUnique({
      where: { id: input.id, orgId },
      select: { ...keyColumns, secretHash: true },
    });
    if (row === null) throw keyNotFound();
    const revoked = { view: await viewKey(tx, { orgId, row, now }), secretHash: row.secretHash };
    if (count > 0) {
      const entry = auditOfKey(revoked.view);
      await recordAuditIn(tx, { orgId, actor: actorOf(manager), action: "key.revoked", ...entry });
    }
    return revoked;
  });
  forgetKey(secretHash);
  return view;
}
