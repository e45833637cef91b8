import { AppError, type Tx } from "../../platform";

export interface AccountRow {
  sessionVersion: number;
  passwordHash: string | null;
  emailVerifiedAt: Date | null;
}

/**
 * Locks the account's row until the commit: a concurrent sign-in, key or invitation either exists when earlier access
 * ends, or finds its session ended.
 */
export async function lockAccount(tx: Tx, userId: string): Promise<AccountRow | undefined> {
  const [row] = await tx.$queryRaw<AccountRow[]>`
    SELECT session_version AS "sessionVersion", password_hash AS "passwordHash", email_verified_at AS "emailVerifiedAt"
    FROM users WHERE id = ${userId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
  return row;
}

/** @throws AppError `not_found` for a deleted account. */
export async function lockAccountOrThrow(tx: Tx, userId: string): Promise<AccountRow> {
  const account = await lockAccount(tx, userId);
  if (account === undefined) throw accountDeleted();
  return account;
}

/**
 * Locks the account of a sign-in. `sessionVersion` is given where it began earlier, with a second factor still to prove: if all
 * sessions have ended since, so has the sign-in.
 * @throws AppError `not_found`, `invalid_login`.
 */
export async function lockAccountToSignIn(
  tx: Tx,
  { userId, sessionVersion }: { userId: string; sessionVersion: number | undefined },
): Promise<AccountRow> {
  const account = await lockAccountOrThrow(tx, userId);
  if (account.sessionVersion === (sessionVersion ?? account.sessionVersion)) return account;
  throw new AppError("invalid_login", { public: "This sign-in is no longer good. Start again." });
}

export function accountDeleted(): AppError {
  return new AppError("not_found", { public: "This account has been deleted." });
}
