import type { DbOrTx, Tx } from "../../platform";

/** Whether signing in to this account with a password or a provider takes a second factor: an app's code, or a passkey. */
export async function hasSecondFactor(db: DbOrTx, userId: string): Promise<boolean> {
  if ((await db.authenticator.count({ where: { userId, confirmedAt: { not: null } } })) > 0) return true;
  return (await db.passkey.count({ where: { userId } })) > 0;
}

/** After the removal of a factor. With the last one the recovery codes go, which stand in for it. True if it was the last. */
export async function endFactorsWithLast(tx: Tx, userId: string): Promise<boolean> {
  if (await hasSecondFactor(tx, userId)) return false;
  await tx.recoveryCode.deleteMany({ where: { userId } });
  return true;
}
