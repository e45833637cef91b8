import type { AuditEntry } from "../../audit";
import type { Clock, Db, Tx } from "../../platform";
import { emailIndexes } from "../email/email-address";
import { endEarlierAccess, type RevokeKeysAndInvitations } from "../sign-in/end-earlier-access";
import { lockAccountOrThrow } from "../sign-in/lock-account";

/** The account that has proven the address, or has at least taken it; null where there is none. */
export async function findAccountByEmail(db: Db, email: string): Promise<string | null> {
  const owner = await db.user.findFirst({
    where: { emailIndex: { in: emailIndexes(email) }, deletedAt: null },
    select: { id: true },
  });
  return owner?.id ?? null;
}

/**
 * A company says that an address of its own domain is somebody's who works there. An account that had never proven the address
 * starts anew (`endEarlierAccess`): whoever registered it first may be anybody. Locks the account.
 * @throws AppError `not_found` for a deleted account.
 */
export async function proveByCompany(
  tx: Tx,
  {
    userId,
    orgId,
    revokeKeysAndInvitations,
  }: { userId: string; orgId: string; revokeKeysAndInvitations: RevokeKeysAndInvitations },
  clock: Clock,
): Promise<{ entries: AuditEntry[]; afterCommit: (db: Db) => void }> {
  const account = await lockAccountOrThrow(tx, userId);
  if (account.emailVerifiedAt !== null) return { entries: [], afterCommit: () => {} };
  const ended = await endEarlierAccess(
    tx,
    { userId, account, passwordHash: null, because: "address proven", revokeKeysAndInvitations },
    clock,
  );
  const entry: AuditEntry = {
    orgId,
    actor: { type: "user", id: userId },
    action: "auth.email_verified",
    target: { type: "user", id: userId },
    details: { method: "directory", ...ended.counts },
  };
  return { entries: [...ended.entries, entry], afterCommit: ended.afterCommit };
}
