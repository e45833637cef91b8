import { AppError, type Clock, DAY, HOUR, newId, type Tx } from "../../platform";
import { randomToken, sha256 } from "../../platform/crypto/hash";

export type EmailTokenPurpose = "verify_email" | "reset_password" | "end_sessions";

const lifetimes: Record<EmailTokenPurpose, number> = {
  verify_email: 24 * HOUR,
  reset_password: HOUR,
  end_sessions: 7 * DAY,
};

/**
 * Issues the token of an emailed link: 256 random bits, stored as SHA-256. It works once, and a newer one replaces it; but
 * each email about a sign-in has its own link, so that a thief's next sign-in does not take away the last one's. The lock
 * on the user's row serializes concurrent calls.
 */
export async function issueEmailToken(
  tx: Tx,
  { userId, purpose }: { userId: string; purpose: EmailTokenPurpose },
  clock: Clock,
): Promise<string> {
  const now = clock.now();
  const token = randomToken();
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
  if (purpose !== "end_sessions") await retireEmailTokens(tx, { userId, purpose }, clock);
  await tx.emailToken.create({
    data: {
      id: newId(now),
      userId,
      purpose,
      tokenHash: sha256(token),
      expiresAt: new Date(now.getTime() + lifetimes[purpose]),
      createdAt: now,
    },
  });
  return token;
}

export async function retireEmailTokens(
  tx: Tx,
  { userId, purpose }: { userId: string; purpose: EmailTokenPurpose },
  clock: Clock,
): Promise<void> {
  await tx.emailToken.updateMany({ where: { userId, purpose, usedAt: null }, data: { usedAt: clock.now() } });
}

/** The user of a valid token, without using it. @throws AppError `invalid_token`. */
export async function findEmailToken(
  tx: Tx,
  { token, purpose }: { token: string; purpose: EmailTokenPurpose },
  clock: Clock,
): Promise<{ userId: string }> {
  const found = await tx.emailToken.findFirst({
    where: {
      tokenHash: sha256(token),
      purpose,
      usedAt: null,
      expiresAt: { gt: clock.now() },
      user: { deletedAt: null },
    },
    select: { userId: true },
  });
  if (found === null) throw invalidToken();
  return found;
}

/** Uses the token: of concurrent calls exactly one succeeds. @throws AppError `invalid_token`. */
export async function spendEmailToken(
  tx: Tx,
  { token, purpose }: { token: string; purpose: EmailTokenPurpose },
  clock: Clock,
): Promise<{ userId: string }> {
  const now = clock.now();
  const [spent] = await tx.emailToken.updateManyAndReturn({
    where: { tokenHash: sha256(token), purpose, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    select: { userId: true },
  });
  if (spent === undefined) throw invalidToken();
  return spent;
}

export function invalidToken(): AppError {
  return new AppError("invalid_token", {
    public: "This link has been used, has expired, or was replaced by a newer one. Request a new link.",
    param: "token",
  });
}
