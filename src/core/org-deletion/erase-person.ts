import { randomFillSync } from "node:crypto";
import { emailIndexesOf } from "../accounts";
import { deleteExports } from "../exports";
import { AppError, type Clock, type Db, systemClock } from "../platform";
import type { Bytes } from "../platform/crypto/hash";
import { Prisma } from "../platform/db/client";
import { destroyDataKey } from "../privacy";
import { eraseSubscriptionsTo } from "../status";

/**
 * Makes a user's personal data unreadable and unconfirmable by destroying their data key. Also removes the blind index of
 * their email address (account, invitations, counters), sessions, sign-ins, consents, email tokens and changes, linked
 * accounts, known devices, second factors, memberships, keys they created, the keys of their inquiries, what they granted apps,
 * what companies' directories say of them, and their subscription to the status page. The
 * caller has written the tombstone. Idempotent.
 */
export async function erasePerson(
  db: Db,
  { userId, erasedAt }: { userId: string; erasedAt: Date },
  clock: Clock = systemClock,
): Promise<void> {
  const indexed = await indexesToErase(db, userId);
  const forget = await db.$transaction(async (tx) => {
    const forgetKey = await destroyDataKey(tx, { type: "user", id: userId }, clock);
    const user = await tx.user.findUnique({
      where: { id: userId },
      select: { emailIndex: true, emailVerifiedAt: true, deletedAt: true },
    });
    if (user === null) return forgetKey;
    const emailIndexes = [...indexed, user.emailIndex];
    const counted = emailIndexes.map((index) => Buffer.from(index).toString("hex"));
    await tx.$executeRaw(Prisma.sql`
      DELETE FROM rate_limit_buckets b USING unnest(${counted}::text[]) i WHERE position(i IN b.key) > 0`);
    await tx.invitation.deleteMany({ where: { emailIndex: { in: emailIndexes } } });
    await tx.session.deleteMany({ where: { userId } });
    await tx.signIn.deleteMany({ where: { userId } });
    await tx.consent.deleteMany({ where: { userId } });
    await tx.emailToken.deleteMany({ where: { userId } });
    await tx.linkedAccount.deleteMany({ where: { userId } });
    await tx.knownDevice.deleteMany({ where: { userId } });
    await tx.emailChange.deleteMany({ where: { userId } });
    await tx.passkey.deleteMany({ where: { userId } });
    await tx.authenticator.deleteMany({ where: { userId } });
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.oauthGrant.deleteMany({ where: { userId } });
    await tx.directoryUser.deleteMany({ where: { OR: [{ userId }, { emailIndex: { in: emailIndexes } }] } });
    // Gone since the erasure was requested, but for a restored backup.
    await tx.membership.deleteMany({ where: { userId } });
    await tx.apiKey.updateMany({
      where: { createdBy: userId, revokedAt: null },
      data: { revokedAt: erasedAt },
    });
    for (const { id } of await tx.enterpriseInquiry.findMany({ where: { userId }, select: { id: true } }))
      await destroyDataKey(tx, { type: "inquiry", id }, clock);
    // Somebody who never proved to own the address ends no subscription of its owner.
    if (user.emailVerifiedAt !== null) await eraseSubscriptionsTo(tx, { emailIndexes }, clock);
    await tx.user.update({
      where: { id: userId },
      data: {
        emailIndex: randomFillSync(new Uint8Array(32)),
        passwordHash: null,
        provisionalIndex: null,
        provisionalTag: null,
        sessionVersion: { increment: 1 },
        deletedAt: user.deletedAt ?? erasedAt,
        updatedAt: clock.now(),
      },
    });
    return forgetKey;
  });
  forget();
  await deleteExports(db, { type: "user", id: userId });
}

/**
 * Under every key while the key of indexes is rotated. Read before the data key is destroyed: where the key service is away,
 * the erasure fails as a whole and is tried again. @throws AppError `service_unavailable`.
 */
async function indexesToErase(db: Db, userId: string): Promise<Bytes[]> {
  try {
    return await emailIndexesOf(db, userId);
  } catch (error) {
    // Erased before, or a restored row whose key is lost: then nothing of it can be indexed anew either.
    if (error instanceof AppError && (error.code === "not_found" || error.code === "internal_error"))
      return [];
    throw error;
  }
}
