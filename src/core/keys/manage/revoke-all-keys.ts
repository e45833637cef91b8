import type { Tx } from "../../platform/db/client";
import { forgetKey } from "../verify/verify-api-key";

/**
 * Ends every key of an organization that ends, in its transaction. Returns how many, and what to call after the commit
 * so that they stop here at once too.
 */
export async function revokeAllKeys(
  tx: Tx,
  { orgId, userId, now }: { orgId: string; userId: string; now: Date },
): Promise<{ revoked: number; forget: () => void }> {
  const ended = await tx.apiKey.updateManyAndReturn({
    where: { orgId, revokedAt: null },
    data: { revokedAt: now, revokedBy: userId },
    select: { secretHash: true },
  });
  return {
    revoked: ended.length,
    forget: () => {
      for (const { secretHash } of ended) forgetKey(secretHash);
    },
  };
}
