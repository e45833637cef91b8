import { actorOf } from "../../audit";
import { type Clock, type Db, type Principal, systemClock } from "../../platform";
import { recordAndAnnounce } from "../../webhooks";
import type { DeletedKeyView, KeyIdInput } from "../schemas";
import { forgetKey } from "../verify/verify-api-key";
import { keyColumns, knownScopes, viewKey } from "../views/key-view";
import { asKeyManager, assertMayManage, lockKeyManager } from "./key-manager";
import { auditOfKey, lockKey } from "./key-store";

/**
 * Ends a key for good: here at once, in every other process within five seconds. Revoking it again changes nothing.
 * @throws AppError `not_found`, also for another organization's key; `insufficient_role`; `insufficient_scope` for a key that
 *   may do more than the caller.
 */
export async function revokeKey(
  db: Db,
  { principal, input }: { principal: Principal; input: KeyIdInput },
  clock: Clock = systemClock,
): Promise<DeletedKeyView> {
  const manager = asKeyManager(principal);
  const { orgId, userId } = manager;
  const now = clock.now();
  const { view, secretHash } = await db.$transaction(async (tx) => {
    const locked = await lockKeyManager(tx, manager);
    const key = await lockKey(tx, { orgId, id: input.id });
    await assertMayManage(tx, locked, { ...key, scopes: knownScopes(key.scopes) }, "revoke");
    if (key.revokedAt !== null)
      return { view: await viewKey(tx, { orgId, row: key, now }), secretHash: key.secretHash };
    const row = await tx.apiKey.update({
      where: { id: key.id, orgId },
      data: { revokedAt: now, revokedBy: userId },
      select: keyColumns,
    });
    const revoked = { view: await viewKey(tx, { orgId, row, now }), secretHash: key.secretHash };
    const entry = auditOfKey(revoked.view);
    await recordAndAnnounce(tx, { orgId, actor: actorOf(manager), action: "key.revoked", ...entry });
    return revoked;
  });
  forgetKey(secretHash);
  return { ...view, object: "api_key", deleted: true };
}
