import { AppError, type Tx } from "../../platform";

/**
 * A directory that has deactivated somebody is believed: signing in does not make them a member again.
 * @throws AppError `insufficient_role`.
 */
export async function assertDirectoryAllows(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<void> {
  const inactive = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM directory_users d JOIN users u ON u.id = ${userId}::uuid
    WHERE d.org_id = ${orgId}::uuid AND NOT d.active AND (d.user_id = u.id OR d.email_index = u.email_index)`;
  if (inactive.length === 0) return;
  throw new AppError("insufficient_role", {
    public: "Your company has ended your access to this organization. Ask its administrator.",
  });
}
