import { actorOf, lastSequence, recordAuditIn } from "../audit";
import { lockMembers } from "../members";
import { assertFeature, getOrganizationPlan, hasFeature, orgSubject } from "../orgs";
import {
  AppError,
  type Clock,
  type Db,
  type DbOrTx,
  type OrgRole,
  systemClock,
  type Tx,
  type UserPrincipal,
} from "../platform";
import { encryptText, type FieldRef, type KeyedTx, transactWithKeys } from "../privacy";
import { newSecret } from "../webhooks";
import type { SetStreamInput, StreamRemovedView, StreamSetView, StreamView } from "./schemas";
import { hostOf, viewOf } from "./stream-view";

export const streamSecretField = (orgId: string): FieldRef => ({
  table: "audit_streams",
  column: "secret_cipher",
  rowId: orgId,
});

const managers: readonly OrgRole[] = ["owner", "admin"];

/** Where the organization's log is sent, and how that stands. @throws AppError `not_found`, `insufficient_role`. */
export async function getStream(db: Db, { principal }: { principal: UserPrincipal }): Promise<StreamView> {
  assertManager(principal.role);
  const row = await db.auditStream.findUnique({ where: { orgId: principal.orgId } });
  if (row === null) throw noStream();
  return await viewOf(db, row, { entitled: await isEntitled(db, principal.orgId) });
}

/**
 * Sends the log to this receiver from the next entry on; a stream that exists goes on behind what was taken. A webhook gets
 * a new secret each time, which is shown once.
 * @throws AppError `insufficient_role`, `plan_required`.
 */
export async function setStream(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: SetStreamInput },
  clock: Clock = systemClock,
): Promise<StreamSetView> {
  const { orgId, userId } = principal;
  return await change(db, principal, async (tx) => {
    await assertFeature(tx, orgId, "auditStream");
    const now = clock.now();
    const secret = input.kind === "webhook" ? newSecret() : null;
    const data = {
      kind: input.kind,
      target: input.target,
      ca: input.kind === "syslog" ? (input.ca ?? null) : null,
      secretCipher:
        secret === null ? null : await encryptText(tx, orgSubject(orgId), streamSecretField(orgId), secret),
      failures: 0,
      lastError: null,
      failingSince: null,
      notifiedAt: null,
      nextAttemptAt: now,
      updatedAt: now,
    };
    const row = await tx.auditStream.upsert({
      where: { orgId },
      create: { ...data, orgId, cursor: await lastSequence(tx, orgId), createdBy: userId, createdAt: now },
      // Whoever is sending to the receiver of before moves nothing.
      update: { ...data, claim: { increment: 1 } },
    });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "audit.stream_set",
      target: { type: "organization", id: orgId },
      details: { kind: input.kind, host: hostOf(input) },
    });
    return { ...(await viewOf(tx, row, { entitled: true })), secret };
  });
}

/** Works without the plan. @throws AppError `insufficient_role`, `not_found`. */
export async function removeStream(
  db: Db,
  { principal }: { principal: UserPrincipal },
): Promise<StreamRemovedView> {
  const { orgId } = principal;
  return await change(db, principal, async (tx) => {
    const { count } = await tx.auditStream.deleteMany({ where: { orgId } });
    if (count === 0) throw noStream();
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "audit.stream_removed",
      target: { type: "organization", id: orgId },
    });
    return { object: "audit_stream", deleted: true };
  });
}

/** For an organization that is deleted. */
export async function deleteStream(tx: Tx, orgId: string): Promise<void> {
  await tx.auditStream.deleteMany({ where: { orgId } });
}

export async function isEntitled(db: DbOrTx, orgId: string): Promise<boolean> {
  return hasFeature(await getOrganizationPlan(db, orgId), "auditStream");
}

/** As an owner or admin, which they still are when it happens. */
export async function change<T>(
  db: Db,
  principal: UserPrincipal,
  work: (tx: KeyedTx) => Promise<T>,
): Promise<T> {
  assertManager(principal.role);
  return await transactWithKeys(db, [orgSubject(principal.orgId)], async (tx) => {
    assertManager((await lockMembers(tx, principal)).role);
    return await work(tx);
  });
}

function assertManager(role: OrgRole): void {
  if (managers.includes(role)) return;
  throw new AppError("insufficient_role", {
    public: "Only an owner or admin can manage where the audit log is sent.",
  });
}

export function noStream(): AppError {
  return new AppError("not_found", { public: "Your organization has no audit stream." });
}
