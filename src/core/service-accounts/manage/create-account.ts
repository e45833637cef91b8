import { type CallerContext, claimNewDevice, userSubject } from "../../accounts";
import { actorOf, recordAuditIn } from "../../audit";
import {
  asKeyManager,
  assertMayManage,
  assertModelsExist,
  defaultKeyScopes,
  grantableScopes,
  insertServiceKey,
  lockKeyManager,
  notifyNewDevice,
} from "../../keys";
import {
  AppError,
  type Clock,
  type Db,
  fromPublicId,
  type Principal,
  systemClock,
  type Tx,
} from "../../platform";
import { transactWithKeys } from "../../privacy";
import { auditOfAccount, readAccount, viewAccounts } from "../account-rows";
import { newServiceSecret } from "../client-secret";
import {
  type CreateServiceAccountInput,
  MAX_SERVICE_ACCOUNTS,
  type ServiceAccountWithSecret,
} from "../schemas";

/**
 * Creates a service account of the caller's organization and returns its client secret, which is never shown again. It may do no more
 * than its creator's role; what becomes of it when that member leaves is decided as for their keys. A creation from a new device is emailed.
 * @throws AppError `insufficient_role`, `insufficient_scope`, `email_not_verified`, `conflict` at the most an organization can
 *   have, `invalid_request` naming the param.
 */
export async function createServiceAccount(
  db: Db,
  {
    principal,
    input,
    caller,
  }: { principal: Principal; input: CreateServiceAccountInput; caller?: CallerContext },
  clock: Clock = systemClock,
): Promise<ServiceAccountWithSecret> {
  const creator = asKeyManager(principal);
  const { orgId, userId } = creator;
  const now = clock.now();
  const scopes = grantableScopes(input.scopes ?? defaultKeyScopes);
  const cap = input.monthly_cap_micros ?? null;
  assertModelsExist(input.models ?? [], now);
  const { secret, secretHash, shown } = newServiceSecret();
  const callers = caller === undefined ? [] : [userSubject(userId)];
  const { key, view, isNewDevice } = await transactWithKeys(db, callers, async (tx) => {
    const asked = { scopes, environment: input.environment, createdBy: userId };
    await assertMayManage(tx, await lockKeyManager(tx, creator), asked, "create");
    await assertBelowLimit(tx, orgId);
    const key = await insertServiceKey(
      tx,
      {
        orgId,
        createdBy: userId,
        name: input.name,
        environment: input.environment,
        scopes,
        models: input.models ?? [],
        ipAllowlist: input.ip_allowlist ?? [],
        rpmLimit: input.rpm_limit ?? null,
        cacheTtlSeconds: null,
        expiresAt: null,
        predecessorId: null,
        spendId: null,
        monthlyCapMicros: cap === null ? null : BigInt(cap),
      },
      { shown, now },
    );
    const id = fromPublicId("key", key.id);
    await tx.serviceAccount.create({
      data: { id, orgId, secretHash, updatedAt: now },
      select: { id: true },
    });
    const isNew = caller !== undefined && (await claimNewDevice(tx, { ...caller, userId }, clock));
    const row = await readAccount(tx, { orgId, id });
    await recordAuditIn(
      tx,
      auditOfAccount(row.key, "service_account.created", { orgId, actor: actorOf(creator) }),
    );
    const [view] = await viewAccounts(tx, { orgId, rows: [row], now });
    if (view === undefined) throw new Error("a service account that was made has no view");
    return { key, view, isNewDevice: isNew };
  });
  if (caller !== undefined && isNewDevice) notifyNewDevice(db, key, { orgId, userId, ...caller, at: now });
  return { ...view, client_secret: secret };
}

/** Under the lock of `lockKeyManager`, so that simultaneous creations count each other. */
async function assertBelowLimit(tx: Tx, orgId: string): Promise<void> {
  const count = await tx.serviceAccount.count({ where: { orgId, key: { revokedAt: null } } });
  if (count < MAX_SERVICE_ACCOUNTS) return;
  throw new AppError("conflict", {
    public: `Your organization has ${MAX_SERVICE_ACCOUNTS} service accounts, the most it can have. Delete one first.`,
  });
}
