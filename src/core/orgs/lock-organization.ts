import { AppError, type Tx } from "../platform";
import { behindManagersWall } from "../platform/db/manage-organization";

/**
 * Locks an organization's row, so that changes of who may do what run one after the other, and puts the rest of the transaction behind
 * the second wall (ADR 122), reading the caller's rights included. False where the organization is gone; no role is taken on then.
 */
export async function lockOrganization(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string | null },
): Promise<boolean> {
  // The role is set for a row that is locked already: a SELECT may evaluate its list before it locks the row.
  const locked = await tx.$queryRaw<unknown[]>`
    WITH locked AS MATERIALIZED (
      SELECT id FROM organizations WHERE id = ${orgId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE
    )
    SELECT ${behindManagersWall({ orgId, userId })} FROM locked`;
  return locked.length > 0;
}

/** For somebody who could see the organization a moment ago. */
export function organizationDeleted(): AppError {
  return new AppError("conflict", { public: "This organization has been deleted." });
}

/** The same for somebody who was a member of it. */
export function noLongerMember(): AppError {
  return new AppError("insufficient_role", { public: "You are no longer a member of this organization." });
}
