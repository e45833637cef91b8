import { AppError, type Tx } from "../../platform";

/**
 * Asked of the row itself: a person who verified a second ago must not be told otherwise. A provisional account is never verified.
 * @throws AppError `email_not_verified`, with the text that says what to do it for.
 */
export async function assertEmailVerified(
  tx: Tx,
  userId: string,
  refusal: { public: string; param?: string },
): Promise<void> {
  const user = await tx.user.findUnique({ where: { id: userId }, select: { emailVerifiedAt: true } });
  if (!user?.emailVerifiedAt) throw new AppError("email_not_verified", refusal);
}
