import type { AuditEntry } from "../../audit";
import type { Clock } from "../../platform/clock";
import type { Db, Tx } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import { type EndedCounts, keysOfMemberEndedEmail, type ProofOccasion } from "../email/account-emails";
import { afterResponse } from "../email/after-response";
import { emailOwners } from "../email/email-owners";
import { forgetPrincipals } from "../sessions/load-user-principal";

export interface RevokedKeysAndInvitations {
  keysByOrg: ReadonlyMap<string, number>;
  invitations: number;
  /** For the end of the transaction: the trail is locked last. */
  entries: AuditEntry[];
  /** To be called after the commit, so that the keys stop in this process at once. */
  forget: () => void;
}

/** Keys and invitations belong to nouns above this one: their part is handed in (`revokeKeysAndInvitations` of `core/team`). */
export type RevokeKeysAndInvitations = (
  tx: Tx,
  of: { userId: string; because: string; now: Date },
) => Promise<RevokedKeysAndInvitations>;

export interface AccountRow {
  sessionVersion: number;
  passwordHash: string | null;
  emailVerifiedAt: Date | null;
}

/**
 * The account's row, held until the commit: a sign-in, a key or an invitation that is under way either is there when
 * the rest is ended, or finds its session ended.
 */
export async function lockAccount(tx: Tx, userId: string): Promise<AccountRow | undefined> {
  const [row] = await tx.$queryRaw<AccountRow[]>`
    SELECT session_version AS "sessionVersion", password_hash AS "passwordHash", email_verified_at AS "emailVerifiedAt"
    FROM users WHERE id = ${userId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
  return row;
}

export interface EarlierAccess {
  userId: string;
  account: AccountRow;
  passwordHash: string | null;
  because: ProofOccasion;
  revokeKeysAndInvitations: RevokeKeysAndInvitations;
}

export interface EndedAccess {
  sessionVersion: number;
  /** For the audit entry of the deed itself, and for the mail that tells of it. */
  counts: EndedCounts;
  /** For the end of the transaction: the trail is locked last. */
  entries: AuditEntry[];
  /** To be called after the commit. */
  settle: (db: Db) => void;
}

/**
 * Whoever proves an address starts anew (Sudhodanan & Paverd, "Pre-hijacked Accounts", 2022): all that opens the
 * account and was made before, perhaps by somebody who never owned the address, ends. Sessions with their tokens,
 * mailed links, keys, invitations, OAuth grants, places that were trusted; at the first proof linked accounts too. The
 * address counts as proven from then on. The caller holds the row (`lockAccount`) and writes `entries` last.
 */
export async function endEarlierAccess(tx: Tx, access: EarlierAccess, clock: Clock): Promise<EndedAccess> {
  const { userId, account, passwordHash, because, revokeKeysAndInvitations } = access;
  const now = clock.now();
  const { sessionVersion } = await tx.user.update({
    where: { id: userId },
    data: {
      passwordHash,
      emailVerifiedAt: account.emailVerifiedAt ?? now,
      sessionVersion: { increment: 1 },
      updatedAt: now,
    },
    select: { sessionVersion: true },
  });
  const { count: sessions } = await tx.session.updateMany({
    where: { userId, revokedAt: null },
    data: { revokedAt: now },
  });
  await tx.emailToken.updateMany({ where: { userId, usedAt: null }, data: { usedAt: now } });
  await tx.knownDevice.deleteMany({ where: { userId } });
  if (account.emailVerifiedAt === null) await tx.linkedAccount.deleteMany({ where: { userId } });
  const grants = await endGrants(tx, userId);
  const { keysByOrg, invitations, entries, forget } = await revokeKeysAndInvitations(tx, {
    userId,
    because,
    now,
  });
  const keys = [...keysByOrg.values()].reduce((sum, count) => sum + count, 0);
  return {
    sessionVersion,
    counts: { sessions, keys, invitations, grants },
    entries,
    settle: (db) => {
      forget();
      forgetPrincipals(userId);
      for (const [orgId, count] of keysByOrg) {
        afterResponse("ended keys notice", () =>
          emailOwners(db, { orgId, exceptUserId: userId }, keysOfMemberEndedEmail(count, because)),
        );
      }
    },
  };
}

/** Every grant of the person to a third party's program, with the codes and tokens under it (RFC 7009 §2.1). */
async function endGrants(tx: Tx, userId: string): Promise<number> {
  // By either form of the id, whichever a provider was given for its `accountId`.
  return await tx.$executeRaw`
    WITH theirs AS (
      SELECT kind, id, grant_id FROM oauth_artifacts
      WHERE payload ->> 'accountId' IN (${userId}, ${toPublicId("usr", userId)})
    )
    DELETE FROM oauth_artifacts a USING theirs t
    WHERE (a.kind = t.kind AND a.id = t.id) OR (t.grant_id IS NOT NULL AND a.grant_id = t.grant_id)`;
}
