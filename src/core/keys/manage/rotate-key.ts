import { assertSteppedUp, type CallerContext, claimNewDevice, userSubject } from "../../accounts";
import { actorOf } from "../../audit";
import {
  AppError,
  type Clock,
  DAY,
  type Db,
  fromPublicId,
  HOUR,
  type Principal,
  systemClock,
  toPublicId,
} from "../../platform";
import { transactWithKeys } from "../../privacy";
import { suspendedError } from "../../suspensions";
import { recordAndAnnounce } from "../../webhooks";
import { notifyNewDevice } from "../email/notify-new-device";
import { asksForEveryScope, type CreatedKeyView, type RotateKeyInput } from "../schemas";
import { isServiceKey } from "../verify/service-key";
import { forgetKey } from "../verify/verify-api-key";
import { keyStatus, knownScopes } from "../views/key-view";
import { asKeyManager, assertMayManage, lockKeyManager } from "./key-manager";
import { auditOfKey, insertKey, lockKey } from "./key-store";

const graceMs: Record<RotateKeyInput["grace"], number> = { now: 0, "1h": HOUR, "24h": DAY, "7d": 7 * DAY };

/**
 * Replaces a key's secret: the successor inherits everything else, and the old secret works until its grace ends. Of
 * simultaneous rotations one creates the successor. A rotation from a new device (`caller`) is emailed.
 * @throws AppError `not_found`, `conflict` when the key was rotated before or has ended, `insufficient_role`,
 *   `insufficient_scope` when the key may do more than the person rotating it, who would learn its secret,
 *   `email_not_verified`, `step_up_required` for a key with every scope.
 */
export async function rotateKey(
  db: Db,
  { principal, input, caller }: { principal: Principal; input: RotateKeyInput; caller?: CallerContext },
  clock: Clock = systemClock,
): Promise<CreatedKeyView> {
  const creator = asKeyManager(principal);
  const now = clock.now();
  const callers = caller === undefined ? [] : [userSubject(creator.userId)];
  const { successor, secretHash, isNewDevice } = await transactWithKeys(db, callers, async (tx) => {
    const manager = await lockKeyManager(tx, creator);
    const old = await lockKey(tx, { orgId: creator.orgId, id: input.id });
    const scopes = knownScopes(old.scopes);
    await assertMayManage(tx, manager, { ...old, scopes }, "rotate");
    if (isServiceKey(old)) {
      throw new AppError("conflict", {
        public: "This key has no secret of its own. Rotate the client secret of its service account.",
      });
    }
    if (old.successorId !== null) throw alreadyRotated(old.successorId);
    if (old.suspensionReason !== null) {
      throw suspendedError({ of: "key", reason: old.suspensionReason });
    }
    if (keyStatus(old, now) !== "active") {
      throw new AppError("conflict", {
        public: "This key was revoked or has expired. Create a new key.",
      });
    }
    // Its secret is worth what that of a new one is, for which the call itself asks.
    if (asksForEveryScope({ scopes })) await assertSteppedUp(tx, creator, clock);
    const made = await insertKey(
      tx,
      {
        orgId: creator.orgId,
        createdBy: creator.userId,
        name: old.name,
        environment: old.environment,
        scopes,
        models: old.models,
        ipAllowlist: old.ipAllowlist,
        rpmLimit: old.rpmLimit,
        cacheTtlSeconds: old.cacheTtlSeconds,
        expiresAt: old.expiresAt,
        predecessorId: old.id,
        spendId: old.spendId,
        monthlyCapMicros: old.monthlyCapMicros,
      },
      now,
    );
    await tx.apiKey.update({
      where: { id: old.id, orgId: creator.orgId },
      data: {
        successorId: fromPublicId("key", made.id),
        graceEndsAt: new Date(now.getTime() + graceMs[input.grace]),
      },
    });
    const isNew =
      caller !== undefined && (await claimNewDevice(tx, { ...caller, userId: creator.userId }, clock));
    const { details } = auditOfKey(made);
    await recordAndAnnounce(tx, {
      orgId: creator.orgId,
      actor: actorOf(creator),
      action: "key.rotated",
      target: { type: "key", id: old.id },
      details: { ...details, successor: made.id, grace: input.grace },
    });
    return { successor: made, secretHash: old.secretHash, isNewDevice: isNew };
  });
  forgetKey(secretHash);
  if (caller !== undefined && isNewDevice) notifyNewDevice(db, successor, { ...creator, ...caller, at: now });
  return successor;
}

function alreadyRotated(successorId: string): AppError {
  return new AppError("conflict", {
    public: `This key was already rotated. Its replacement is ${toPublicId("key", successorId)}.`,
  });
}
