import { type CallerContext, claimNewDevice, userSubject } from "../../accounts";
import { actorOf, recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import type { Principal, Scope } from "../../platform/principal";
import { transactWithKeys } from "../../privacy";
import { notifyNewDevice } from "../email/notify-new-device";
import { type CreatedKeyView, type CreateKeyInput, defaultKeyScopes, keyScopes } from "../schemas";
import { assertBelowKeyLimit, assertInFuture, assertModelsExist } from "./key-limits";
import { asKeyManager, assertMayManage, lockKeyManager } from "./key-manager";
import { auditOfKey, insertKey } from "./key-store";

/**
 * Makes a key for the caller's organization and answers with its secret, which is never shown again. The key belongs
 * to the organization; what becomes of it when its maker leaves is decided then (`settleKeysOfMember`). Made from a new place (`caller`), it is told by mail.
 * @throws AppError `insufficient_role`, `insufficient_scope`, `email_not_verified`, `conflict` at 100 live keys,
 *   `invalid_request` naming the param.
 */
export async function createKey(
  db: Db,
  { principal, input, caller }: { principal: Principal; input: CreateKeyInput; caller?: CallerContext },
  clock: Clock = systemClock,
): Promise<CreatedKeyView> {
  const maker = asKeyManager(principal);
  const now = clock.now();
  const granted = grantableScopes(input.scopes ?? defaultKeyScopes);
  const asked = { scopes: granted, environment: input.environment, createdBy: maker.userId };
  assertModelsExist(input.models ?? [], now);
  const expiresAt = input.expires_at === undefined ? null : new Date(input.expires_at);
  assertInFuture(expiresAt, now);
  const cap = input.monthly_cap_micros ?? null;
  const callers = caller === undefined ? [] : [userSubject(maker.userId)];
  const { key, isNewPlace } = await transactWithKeys(db, callers, async (tx) => {
    await assertMayManage(tx, await lockKeyManager(tx, maker), asked, "create");
    await assertBelowKeyLimit(tx, maker.orgId, now);
    const made = await insertKey(
      tx,
      {
        orgId: maker.orgId,
        createdBy: maker.userId,
        name: input.name,
        environment: input.environment,
        scopes: granted,
        models: input.models ?? [],
        ipAllowlist: input.ip_allowlist ?? [],
        rpmLimit: input.rpm_limit ?? null,
        expiresAt,
        predecessorId: null,
        spendId: null,
        monthlyCapMicros: cap === null ? null : BigInt(cap),
      },
      now,
    );
    const isNew =
      caller !== undefined && (await claimNewDevice(tx, { ...caller, userId: maker.userId }, clock));
    await recordAuditIn(tx, {
      orgId: maker.orgId,
      actor: actorOf(maker),
      action: "key.created",
      ...auditOfKey(made),
    });
    return { key: made, isNewPlace: isNew };
  });
  if (caller !== undefined && isNewPlace) notifyNewDevice(db, key, { ...maker, ...caller, at: now });
  return key;
}

function grantableScopes(wanted: readonly Scope[]): Scope[] {
  const refused = wanted.find((scope) => !keyScopes.includes(scope));
  if (refused === undefined) return [...wanted];
  throw new AppError("invalid_request", {
    public: `An API key cannot have the scope ${refused}. It is only for people who sign in.`,
    param: "scopes",
  });
}
