import { assertSessionActive, emailIndexes, forgetPrincipals, getUserEmail } from "../../accounts";
import { actorOf, recordAuditIn } from "../../audit";
import { endSubscriptions, stripe } from "../../billing";
import { leaveForGood, preparePersonalOrgs, soleOwner } from "../../members";
import {
  AppError,
  type Clock,
  DAY,
  type Db,
  type OrgRole,
  SECOND,
  systemClock,
  type UserPrincipal,
} from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { constantTimeEqual } from "../../platform/crypto/hash";
import { sendEmail } from "../../platform/mail/send-email";
import { log } from "../../platform/observability/log";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { reportRemainingOverage } from "../delete-organization";
import { type EndedOrganization, endOrganization } from "../end-organization";
import { carryOutErasure } from "./carry-out";
import { accountErasedEmail } from "./erased-email";
import { type ErasedSubject, getErasure, insertErasure } from "./erasure-rows";
import { COMPLETE_WITHIN_DAYS, type EraseAccountInput, type RequestedErasure } from "./schemas";

const TRANSACTION = { maxWait: 5 * SECOND, timeout: 30 * SECOND };

/**
 * Erases the caller's account and their personal organization. One transaction ends everything that acts for them: sessions,
 * memberships, keys they created, apps, and their organization; then the data keys are destroyed. Where the object store is
 * away, or the process dies in between, `completeErasures` carries on. Stripe comes first, as in `deleteOrganization`.
 * @throws AppError `invalid_request` when another address was typed, `conflict` for the only owner of an organization that is
 *   not their personal one and for our operators, `billing_unavailable`.
 */
export async function eraseAccount(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: EraseAccountInput },
  {
    storage = evidenceStorage(),
    clock = systemClock,
  }: { storage?: Pick<Storage, "put" | "locksObjects">; clock?: Clock } = {},
): Promise<RequestedErasure> {
  const { userId } = principal;
  await assertErasable(db, principal, input.email);
  const to = await getUserEmail(db, userId);
  const now = clock.now();
  const before = await membershipsOf(db, userId);
  if (before.others.some(({ role, owners }) => role === "owner" && owners === 1)) throw soleOwner();
  const prepared = await Promise.all(
    before.own.map(async ({ orgId }) => {
      await reportRemainingOverage(db, orgId, clock);
      await endSubscriptions(db, stripe, { orgId });
      return [orgId, await preparePersonalOrgs(db, { orgId }, clock)] as const;
    }),
  );
  const personalOrgs = new Map(prepared);
  const { receipt, ended, forgetKeys, subjects } = await transactWithKeys(
    db,
    [],
    async (tx) => {
      await assertSessionActive(tx, principal);
      // The person first, as every change of an account: then whoever is adding them to something finds them deleted.
      await tx.user.update({
        where: { id: userId },
        data: { deletedAt: now, updatedAt: now, sessionVersion: { increment: 1 } },
      });
      await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
      const { own, others } = await membershipsOf(tx, userId, { locked: true });
      const left = await leaveForGood(tx, { userId, memberships: others, now });
      const organizations: EndedOrganization[] = [];
      for (const { orgId } of own) {
        const homes = personalOrgs.get(orgId) ?? new Map();
        organizations.push(await endOrganization(tx, { orgId, userId, personalOrgs: homes, now }));
        const subject = { type: "org", id: orgId } as const;
        await insertErasure(tx, { subject, dueAt: now, personalOf: userId }, clock);
      }
      const receipt = await insertErasure(tx, { subject: { type: "user", id: userId }, dueAt: now }, clock);
      await recordAuditIn(tx, ...organizations.flatMap(({ entries }) => entries), ...left.entries, {
        orgId: null,
        actor: actorOf(principal),
        action: "account.deletion_requested",
        target: { type: "user", id: userId },
        details: { organizations_left: others.length, organizations_erased: own.length },
      });
      const subjects = [
        ...own.map(({ orgId: id }): ErasedSubject => ({ type: "org", id })),
        { type: "user", id: userId } as const,
      ];
      return { receipt, ended: organizations, forgetKeys: left.forgetKeys, subjects };
    },
    TRANSACTION,
  );
  forgetKeys();
  for (const { forgetKeys: forget, members } of ended) {
    forget();
    for (const member of members) forgetPrincipals(member.userId);
  }
  forgetPrincipals(userId);
  for (const subject of subjects) {
    await carryOutErasure(db, { subject, storage }, clock).catch((error: unknown) => {
      log().error({ err: error, subject }, "an erasure could not be carried out yet");
    });
  }
  if (to !== undefined) {
    const dueBy = new Date(now.getTime() + COMPLETE_WITHIN_DAYS * DAY);
    afterResponse("account erased notice", () =>
      sendEmail({ to, ...accountErasedEmail({ receipt, dueBy }) }),
    );
  }
  return { ...(await getErasure(db, { receipt })), receipt };
}

async function assertErasable(db: Db, { userId, operator }: UserPrincipal, typed: string): Promise<void> {
  const user = await db.user.findUniqueOrThrow({
    where: { id: userId },
    select: { emailIndex: true, provisionalIndex: true },
  });
  const stored = user.provisionalIndex ?? user.emailIndex;
  if (!emailIndexes(typed).some((index) => constantTimeEqual(stored, index))) {
    throw new AppError("invalid_request", {
      public: "This is not your email address. Type it exactly as shown.",
      param: "email",
    });
  }
  if (!operator) return;
  throw new AppError("conflict", {
    public: "An operator’s account cannot be erased. Have the role revoked first.",
  });
}

interface MembershipRow {
  orgId: string;
  role: OrgRole;
  personal: boolean;
  owners: number;
}

/** Their personal organizations that nobody else owns, which are erased with them, and the others, which they leave. */
async function membershipsOf(
  db: Db | KeyedTx,
  userId: string,
  { locked = false }: { locked?: boolean } = {},
): Promise<{ own: MembershipRow[]; others: MembershipRow[] }> {
  if (locked) {
    await db.$queryRaw`
      SELECT 1 FROM organizations WHERE id IN (SELECT org_id FROM memberships WHERE user_id = ${userId}::uuid)
      ORDER BY id FOR NO KEY UPDATE`;
  }
  const rows = await db.$queryRaw<MembershipRow[]>`
    SELECT m.org_id AS "orgId", m.role::text AS role, o.personal, (
      SELECT count(*)::int FROM memberships w JOIN users u ON u.id = w.user_id
      WHERE w.org_id = m.org_id AND w.role = 'owner' AND (u.deleted_at IS NULL OR u.id = m.user_id)) AS owners
    FROM memberships m JOIN organizations o ON o.id = m.org_id AND o.deleted_at IS NULL
    WHERE m.user_id = ${userId}::uuid ORDER BY m.org_id`;
  const isOwn = ({ personal, role, owners }: MembershipRow) => personal && role === "owner" && owners === 1;
  return { own: rows.filter(isOwn), others: rows.filter((row) => !isOwn(row)) };
}
