import { type CallerContext, claimNewDevice, userSubject } from "../../accounts";
import { actorOf, recordAuditIn } from "../../audit";
import { type Clock, DAY, HOUR, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { fromPublicId, toPublicId } from "../../platform/ids";
import type { Principal } from "../../platform/principal";
import { transactWithKeys } from "../../privacy";
import { notifyNewDevice } from "../email/notify-new-device";
import type { CreatedKeyView, RotateKeyInput } from "../schemas";
import { forgetKey } from "../verify/verify-api-key";
import { keyStatus, knownScopes } from "../views/key-view";
import { asKeyManager, assertMayManage, lockKeyManager } from "./key-manager";
import { auditOfKey, insertKey, lockKey } from "./key-store";

const graceMs: Record<RotateKeyInput["grace"], number> = { now: 0, "1h": HOUR, "24h": DAY, "7d": 7 * DAY };

/**
 * Replaces a key's secret: the successor inherits everything else, and the old secret works until its grace ends. Of
 * simultaneous rotations one makes the successor. Rotated from a new place (`caller`), it is told by mail.
 * @throws AppError `not_found`, `conflict` when the key was rotated before or has ended, `insufficient_role`,
 *   `insufficient_scope` when the key may do more than the person rotating it, who would learn its secret,
 *   `email_not_verified`.
 */
export async function rotateKey(
  db: Db,
  { principal, input, caller }: { principal: Principal; input: RotateKeyInput; caller?: CallerContext },
  clock: Clock = systemClock,
): Promise<CreatedKeyView> {
  const maker = asKeyManager(principal);
  const now = clock.now();
  const callers = caller === undefined ? [] : [userSubject(maker.userId)];
  const { successor, secretHash, isNewPlace } = await transactWithKeys(db, callers, async (tx) => {
    const manager = await lockKeyManager(tx, maker);
    const old = await lockKey(tx, { orgId: maker.orgId, id: input.id });
    const scopes = knownScopes(old.scopes);
    await assertMayManage(tx, manager, { ...old, scopes }, "rotate");
    if (old.successorId !== null) throw alreadyRotated(old.successorId);
    if (keyStatus(old, now) !== "active") {
      throw new AppError("conflict", {
        public: "This key was revoked or has expired. Create a new key.",
      });
    }
    const made = await insertKey(
      tx,
      {
        orgId: maker.orgId,
        createdBy: maker.userId,
        name: old.name,
        environment: old.environment,
        scopes,
        models: old.models,
        ipAllowlist: old.ipAllowlist,
        rpmLimit: old.rpmLimit,
        expiresAt: old.expiresAt,
        predecessorId: old.id,
        spendId: old.spendId,
        monthlyCapMicros: old.monthlyCapMicros,
      },
      now,
    );
    await tx.apiKey.update({
      where: { id: old.id, orgId: maker.orgId },
      data: {
        successorId: fromPublicId("key", made.id),
        graceEndsAt: new Date(now.getTime() + graceMs[input.grace]),
      },
    });
    const isNew =
      caller !== undefined && (await claimNewDevice(tx, { ...caller, userId: maker.userId }, clock));
    const { details } = auditOfKey(made);
    await recordAuditIn(tx, {
      orgId: maker.orgId,
      actor: actorOf(maker),
      action: "key.rotated",
      target: { type: "key", id: old.id },
      details: { ...details, successor: made.id, grace: input.grace },
    });
    return { successor: made, secretHash: old.secretHash, isNewPlace: isNew };
  });
  forgetKey(secretHash);
  if (caller !== undefined && isNewPlace) notifyNewDevice(db, successor, { ...maker, ...caller, at: now });
  return successor;
}

function alreadyRotated(successorId: string): AppError {
  return new AppError("conflict", {
    public: `This key was already rotated. Its replacement is ${toPublicId("key", successorId)}.`,
  });
}
