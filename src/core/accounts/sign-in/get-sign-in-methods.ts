import { AppError, type DbOrTx } from "../../platform";
import { isGoogle } from "../company/company-links";
import { isProvider, type SignInMethodsView } from "../schemas";
import { hasSecondFactor } from "../second-factor/has-second-factor";

/** How the user can sign in: with a password, with linked providers, whether that takes a second factor, and how many passkeys. */
export async function getSignInMethods(
  db: DbOrTx,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<SignInMethodsView> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { passwordHash: true, linkedAccounts: { select: { provider: true } } },
  });
  if (user === null) throw new AppError("not_found", { public: "Account not found." });
  const session = await db.session.findUnique({ where: { id: sessionId }, select: { connectionId: true } });
  const providers = user.linkedAccounts.map(({ provider }) => provider).filter(isProvider);
  return {
    password: user.passwordHash !== null,
    providers: [...new Set(providers)].sort(),
    second_factor: await hasSecondFactor(db, userId),
    company: await canAskCompany(db, session?.connectionId ?? null),
    passkeys: await db.passkey.count({ where: { userId } }),
  };
}

/** Google has no way to make a person sign in again: whoever came through it signs in anew. */
async function canAskCompany(db: DbOrTx, connectionId: string | null): Promise<boolean> {
  if (connectionId === null) return false;
  const connection = await db.companyConnection.findUnique({
    where: { id: connectionId },
    select: { issuer: true },
  });
  return connection !== null && !isGoogle(connection.issuer);
}
