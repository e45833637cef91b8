import { AppError, type Tx } from "../../platform";
import { lockIndexes } from "../../platform/crypto/blind-index/lock-indexes";
import { emailIndexes } from "../email/email-address";

/**
 * Call it before a user's row gets an address. The unique index admits one row of an index; while the key of indexes is
 * rotated, an address has one under each key, so that then this lock admits one account of an address.
 * @throws AppError `email_taken`.
 */
export async function claimEmail(
  tx: Tx,
  { email, userId }: { email: string; userId: string },
): Promise<void> {
  const indexes = emailIndexes(email);
  if (!(await lockIndexes(tx, indexes))) return;
  const others = await tx.user.count({ where: { emailIndex: { in: indexes }, id: { not: userId } } });
  if (others > 0) throw emailTaken();
}

export function emailTaken(): AppError {
  return new AppError("email_taken", {
    public: "This email already has an account. Sign in, or reset its password.",
    param: "email",
  });
}
