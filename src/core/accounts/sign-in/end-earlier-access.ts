import { addCredentials, type Credentials, noCredentials } from "../../../shared/format/credentials";
import type { AuditEntry } from "../../audit";
import type { Clock, Db, Tx } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { type EndedCounts, keysOfMemberEndedEmail, type ProofOccasion } from "../email/account-emails";
import { emailOwners } from "../email/email-user";
import { forgetPrincipals } from "../sessions/load-user-principal";
import type { AccountRow } from "./lock-account";

export interface RevokedKeysAndInvitations {
  keysByOrg: ReadonlyMap<string, Credentials>;
  invitations: number;
  /** To be recorded at the end of the transaction, because the audit chain is locked last. */
  entries: AuditEntry[];
  /** Call it after the commit: the keys then stop working in this process at once. */
  forget: () => void;
}

/** Keys and invitations belong to nouns above this one, so the caller passes `revokeKeysAndInvitations` of `core/members`. */
export type RevokeKeysAndInvitations = (
  tx: Tx,
  of: { userId: string; because: string; now: Date },
) => Promise<RevokedKeysAndInvitations>;

export interface EarlierAccess {
  userId: string;
  account: AccountRow;
  passwordHash: string | null;
  because: ProofOccasion;
  revokeKeysAndInvitations: RevokeKeysAndInvitations;
}

export interface EndedAccess {
  sessionVersion: number;
  /** For the audit entry of the action itself, and for the email about it. */
  counts: EndedCounts;
  /** To be recorded at the end of the transaction, because the audit chain is locked last. */
  entries: AuditEntry[];
  afterCommit: (db: Db) => void;
}

/**
 * Ends all access created before the user proved their email address, because it may be that of somebody who registered
 * an address they never owned (Sudhodanan & Paverd, "Pre-hijacked Accounts", 2022): sessions with their tokens, emailed
 * links, keys, invitations, OAuth grants and known devices; at the first proof linked accounts too. Marks the address as
 * verified. The caller has locked the row (`lockAccount`) and records `entries` last.
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
  const { keys, serviceAccounts } = [...keysByOrg.values()].reduce(addCredentials, noCredentials);
  return {
    sessionVersion,
    counts: { sessions, keys, service_accounts: serviceAccounts, invitations, grants },
    entries,
    afterCommit: (db) => {
      forget();
      forgetPrincipals(userId);
      for (const [orgId, ended] of keysByOrg) {
        afterResponse("ended keys notice", () =>
          emailOwners(db, { orgId, exceptUserId: userId }, keysOfMemberEndedEmail(ended, because)),
        );
      }
    },
  };
}

/** Deletes all OAuth grants of the user, with their codes and tokens (RFC 7009 §2.1). */
async function endGrants(tx: Tx, userId: string): Promise<number> {
  const { count } = await tx.oauthGrant.deleteMany({ where: { userId } });
  return count;
}
