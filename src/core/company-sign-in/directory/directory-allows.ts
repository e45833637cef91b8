import { emailIndexesOf } from "../../accounts";
import { AppError } from "../../platform";
import type { KeyedTx } from "../../privacy";

/**
 * A directory that has deactivated somebody is believed: signing in does not make them a member again.
 * @throws AppError `insufficient_role`.
 */
export async function assertDirectoryAllows(
  tx: KeyedTx,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<void> {
  const inactive = await tx.directoryUser.count({
    where: {
      orgId,
      active: false,
      OR: [{ userId }, { emailIndex: { in: await emailIndexesOf(tx, userId) } }],
    },
  });
  if (inactive === 0) return;
  throw new AppError("insufficient_role", {
    public: "Your company has ended your access to this organization. Ask its administrator.",
  });
}
