import type { Tx } from "../../platform/db/client";
import { AppError } from "../../platform/errors";

/**
 * To be called first in a transaction that makes something lasting (a key, an invitation): a principal may be five
 * seconds old, and its session have ended since with all that the account held. The person's row is shared until the
 * commit, so that such an end either comes after, and finds what was made, or is seen here. A principal without a
 * session (a seed) has none that could have ended.
 * @throws AppError `missing_credentials`.
 */
export async function assertSessionActive(
  tx: Tx,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR SHARE`;
  const ended = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = ${sessionId}::uuid
      AND (s.revoked_at IS NOT NULL OR s.session_version <> u.session_version OR u.deleted_at IS NOT NULL)`;
  if (ended.length === 0) return;
  throw new AppError("missing_credentials", { public: "This session has ended. Sign in again." });
}
