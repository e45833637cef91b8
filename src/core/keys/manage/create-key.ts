import { type CallerContext, claimNewDevice, userSubject } from "../../accounts";
import { actorOf } from "../../audit";
import { AppError, type Clock, type Db, type Principal, type Scope, systemClock } from "../../platform";
import { transactWithKeys } from "../../privacy";
import { recordAndAnnounce } from "../../webhooks";
import { notifyNewDevice } from "../email/notify-new-device";
import { type CreatedKeyView, type CreateKeyInput, defaultKeyScopes, keyScopes } from "../schemas";
import { assertBelowKeyLimit, assertInFuture, assertModelsExist } from "./key-limits";
import { asKeyManager, assertMayManage, lockKeyManager } from "./key-manager";
import { auditOfKey, insertKey } from "./key-store";

/**
 * Creates a key for the caller's organization and returns its secret, which is never shown again. The key belongs to the
 * organization; `settleKeysOfMember` decides what happens to it when its creator leaves. A creation from a new device
 * (`caller`) is emailed.
 * @throws AppError `insufficient_role`, `insufficient_scope`, `email_not_verified`, `conflict` at 100 live keys,
 *   `invalid_request` naming the param.
 */
export async function createKey(
  db: Db,
  { principal, input, caller }: { principal: Principal; input: CreateKeyInput; caller?: CallerContext },
  clock: Clock = systemClock,
): Promise<CreatedKeyView> {
  const creator = asKeyManager(principal);
  const now = clock.now();
  const granted = grantableScopes(input.scopes ?? defaultKeyScopes);
  const asked = { scopes: granted, environment: input.environment, createdBy: creator.userId };
  assertModelsExist(input.models ?? [], now);
  const expiresAt = input.expires_at === undefined ? null : new Date(input.expires_at);
  assertInFuture(expiresAt, now);
  const cap = input.monthly_cap_micros ?? null;
  const callers = caller === undefined ? [] : [userSubject(creator.userId)];
  const { key, isNewDevice } = await transactWithKeys(db, callers, async (tx) => {
    await assertMayManage(tx, await lockKeyManager(tx, creator), asked, "create");
    await assertBelowKeyLimit(tx, creator.orgId, now);
    const made = await insertKey(
      tx,
      {
        orgId: creator.orgId,
        createdBy: creator.userId,
        name: input.name,
        environment: input.environment,
        scopes: granted,
        models: input.models ?? [],
        ipAllowlist: input.ip_allowlist ?? [],
        rpmLimit: input.rpm_limit ?? null,
        cacheTtlSeconds: input.cache_ttl_seconds ?? null,
        expiresAt,
        predecessorId: null,
        spendId: null,
        monthlyCapMicros: cap === null ? null : BigInt(cap),
      },
      now,
    );
    const isNew =
      caller !== undefined && (await claimNewDevice(tx, { ...caller, userId: creator.userId }, clock));
    await recordAndAnnounce(tx, {
      orgId: creator.orgId,
      actor: actorOf(creator),
      action: "key.created",
      ...auditOfKey(made),
    });
    return { key: made, isNewDevice: isNew };
  });
  if (caller !== undefined && isNewDevice) notifyNewDevice(db, key, { ...creator, ...caller, at: now });
  return key;
}

/** @throws AppError `invalid_request` for a scope that no program can have. */
export function grantableScopes(wanted: readonly Scope[]): Scope[] {
  const refused = wanted.find((scope) => !keyScopes.includes(scope));
  if (refused === undefined) return [...wanted];
  throw new AppError("invalid_request", {
    public: `An API key cannot have the scope ${refused}. It is only for people who sign in.`,
    param: "scopes",
  });
}
