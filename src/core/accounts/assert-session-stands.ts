import type { Tx } from "../platform/db";
import { AppError } from "../platform/errors";

/**
 * To be called first in a transaction that makes something lasting (a key, an invitation): a principal may be five
 * seconds old, and its session have ended since with all that the account held. The person's row is shared until the
 * commit, so that such an end either comes after, and finds what was made, or is seen here.
 * @throws AppError `missing_credentials`.
 */
export async function assertSessionStands(
  tx: Tx,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  const standing = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM users u JOIN sessions s ON s.user_id = u.id AND s.session_version = u.session_version
    WHERE u.id = ${userId}::uuid AND s.id = ${sessionId}::uuid AND s.revoked_at IS NULL AND u.deleted_at IS NULL
    FOR SHARE OF u`;
  if (standing.length > 0) return;
  throw new AppError("missing_credentials", { public: "This session has ended. Sign in again." });
}
