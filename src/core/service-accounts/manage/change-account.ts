import { assertSteppedUp, type CallerContext, claimNewDevice, userSubject } from "../../accounts";
import { type AuditAction, actorOf, recordAuditIn } from "../../audit";
import {
  asKeyManager,
  asksForEveryScope,
  assertMayManage,
  forgetKey,
  type KeyManager,
  knownScopes,
  lockKeyManager,
  notifyNewDevice,
  serviceKeyHash,
} from "../../keys";
import { type Clock, type Db, HOUR, type Principal, systemClock, type Tx, toPublicId } from "../../platform";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { type AccountAndKey, auditOfAccount, lockAccount, readAccount, viewAccounts } from "../account-rows";
import { newServiceSecret } from "../client-secret";
import type {
  RotateServiceAccountSecretInput,
  ServiceAccountView,
  ServiceAccountWithSecret,
  UpdateServiceAccountInput,
} from "../schemas";

type KeyAction = Parameters<typeof assertMayManage>[3];
type Locked = Awaited<ReturnType<typeof lockAccount>>;

/**
 * Renames, disables or enables a service account; a disabled one gets no tokens, and those it has stop working within five seconds.
 * Enabling one of another member's is for those who manage members, as raising a key's limits is.
 * @throws AppError as `change`.
 */
export async function updateServiceAccount(
  db: Db,
  { principal, input }: { principal: Principal; input: UpdateServiceAccountInput },
  clock: Clock = systemClock,
): Promise<ServiceAccountView> {
  const { id, name, disabled } = input;
  const action = disabled === false ? "widen" : "narrow";
  return await change(db, { principal, id, action }, clock, async (tx, { key, account }) => {
    const toggled = disabled !== undefined && disabled !== (account.disabledAt !== null);
    if (name !== undefined && name !== key.name) await tx.apiKey.update({ where: { id }, data: { name } });
    if (toggled) {
      await tx.serviceAccount.update({
        where: { id },
        data: { disabledAt: disabled ? clock.now() : null, updatedAt: clock.now() },
        select: { id: true },
      });
    }
    if (toggled) return disabled ? "service_account.disabled" : "service_account.enabled";
    return name === undefined || name === key.name ? undefined : "service_account.updated";
  });
}

const graceMs: Record<RotateServiceAccountSecretInput["grace"], number> = {
  now: 0,
  "1h": HOUR,
  "24h": 24 * HOUR,
  "7d": 7 * 24 * HOUR,
};

/**
 * Gives a service account a new client secret; the old one works until its grace ends. Who rotates it knows the new secret, and answers
 * for the account from then on. A rotation from a new device (`caller`) is emailed.
 * @throws AppError as `change`; `step_up_required` for one with every scope.
 */
export async function rotateServiceAccountSecret(
  db: Db,
  {
    principal,
    input,
    caller,
  }: { principal: Principal; input: RotateServiceAccountSecretInput; caller?: CallerContext },
  clock: Clock = systemClock,
): Promise<ServiceAccountWithSecret> {
  const { id, grace } = input;
  const manager = asKeyManager(principal);
  const { orgId, userId } = manager;
  const { secret, secretHash, shown } = newServiceSecret();
  const callers = caller === undefined ? [] : [userSubject(userId)];
  let isNewDevice = false;
  const view = await change(db, { principal, id, action: "rotate", callers }, clock, async (tx, old) => {
    const now = clock.now();
    // As of a key: the new secret is worth what that of a new account is, for which the call itself asks.
    if (asksForEveryScope({ scopes: old.key.scopes })) await assertSteppedUp(tx, manager, clock);
    const previous =
      grace === "now"
        ? { previousSecretHash: null, previousSecretUntil: null, generation: { increment: 1 } }
        : {
            previousSecretHash: old.secretHash,
            previousSecretUntil: new Date(now.getTime() + graceMs[grace]),
          };
    await tx.apiKey.update({ where: { id }, data: { ...shown, createdBy: userId } });
    await tx.serviceAccount.update({
      where: { id },
      data: { secretHash, ...previous, updatedAt: now },
      select: { id: true },
    });
    isNewDevice = caller !== undefined && (await claimNewDevice(tx, { ...caller, userId }, clock));
    return "service_account.secret_rotated";
  });
  if (caller !== undefined && isNewDevice) {
    const { key_id, environment, secret_prefix: prefix, secret_last_four: last_four } = view;
    const made = { id: key_id, environment, prefix, last_four };
    notifyNewDevice(db, made, { orgId, userId, ...caller, at: clock.now() });
  }
  return { ...view, client_secret: secret };
}

/**
 * Deletes a service account for good; its usage and requests stay, under its key. @throws AppError as `change`.
 */
export async function deleteServiceAccount(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
  clock: Clock = systemClock,
): Promise<{ id: string; object: "service_account"; deleted: true }> {
  const manager = asKeyManager(principal);
  const { orgId } = manager;
  await db.$transaction(async (tx) => {
    const { key } = await lockFor(tx, { principal, id, action: "revoke" });
    await tx.serviceAccount.delete({ where: { id }, select: { id: true } });
    await tx.apiKey.update({ where: { id }, data: { revokedAt: clock.now(), revokedBy: manager.userId } });
    const actor = actorOf(manager);
    await recordAuditIn(tx, auditOfAccount(key, "service_account.deleted", { orgId, actor }));
  });
  forgetKey(serviceKeyHash(id));
  return { id: toPublicId("sva", id), object: "service_account", deleted: true };
}

interface Change {
  principal: Principal;
  id: string;
  action: KeyAction;
  /** Whose data keys the change needs. */
  callers?: readonly ReturnType<typeof userSubject>[];
}

/**
 * One change of an account, under the rule of keys: nobody touches one that may do more than they may. In force here at once, in every
 * other process within five seconds.
 * @throws AppError `not_found`, `insufficient_role`, `insufficient_scope`, `email_not_verified`, `conflict`.
 */
async function change(
  db: Db,
  { principal, id, action, callers = [] }: Change,
  clock: Clock,
  apply: (tx: KeyedTx, account: Locked) => Promise<AuditAction | undefined>,
): Promise<ServiceAccountView> {
  const manager = asKeyManager(principal);
  const { orgId } = manager;
  const view = await transactWithKeys(db, callers, async (tx) => {
    const done = await apply(tx, await lockFor(tx, { principal, id, action }));
    const row: AccountAndKey = await readAccount(tx, { orgId, id });
    if (done !== undefined) {
      await recordAuditIn(tx, auditOfAccount(row.key, done, { orgId, actor: actorOf(manager) }));
    }
    const [changed] = await viewAccounts(tx, { orgId, rows: [row], now: clock.now() });
    if (changed === undefined) throw new Error("a service account that was changed has no view");
    return changed;
  });
  forgetKey(serviceKeyHash(id));
  return view;
}

async function lockFor(tx: Tx, { principal, id, action }: Change): Promise<Locked> {
  const manager: KeyManager = await lockKeyManager(tx, principal);
  const locked = await lockAccount(tx, { orgId: manager.orgId, id });
  const { key } = locked;
  await assertMayManage(tx, manager, { ...key, scopes: knownScopes(key.scopes) }, action);
  return locked;
}
