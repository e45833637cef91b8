import { recordAuditIn } from "../../audit";
import { forgetKey, revocationOf, serviceKeyHash } from "../../keys";
import { AppError, type Clock, type Db, MINUTE, SECOND, systemClock } from "../../platform";
import type { ServiceClaims } from "./verify-service-token";

/** The most revoked tokens that an account has at a time; each is forgotten when it would have expired anyway. */
const MAX_REVOKED = 1_000;

/**
 * Ends one token of a service account (RFC 7009): here at once, in every other process within five seconds. Its other tokens and its
 * secret go on. Idempotent; a token that no longer works for another reason changes nothing.
 * @throws AppError `service_unavailable` at the most that are kept: the token still works, and may be revoked a little later.
 */
export async function revokeServiceToken(
  db: Db,
  { id, orgId, generation, expiresAt, tokenId }: ServiceClaims,
  clock: Clock = systemClock,
): Promise<void> {
  const token = revocationOf({ tokenId, expiresAt });
  const now = clock.now();
  await db.$transaction(async (tx) => {
    const [account] = await tx.$queryRaw<{ revoked: string[] }[]>`
      SELECT revoked_tokens AS revoked FROM service_accounts
      WHERE id = ${id}::uuid AND org_id = ${orgId}::uuid AND generation = ${generation} FOR NO KEY UPDATE`;
    if (account === undefined || account.revoked.includes(token)) return;
    const living = account.revoked.filter((one) => Number.parseInt(one, 10) * SECOND > now.getTime());
    if (living.length >= MAX_REVOKED) {
      throw new AppError("service_unavailable", {
        public: "Too many tokens of this service account were revoked. Try again in a minute.",
        retryAfterSeconds: MINUTE / SECOND,
      });
    }
    await tx.serviceAccount.update({
      where: { id },
      data: { revokedTokens: [...living, token], updatedAt: now },
    });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "service_account", id },
      action: "service_account.token_revoked",
      target: { type: "service_account", id },
      details: { expires_at: new Date(expiresAt * SECOND).toISOString() },
    });
  });
  forgetKey(serviceKeyHash(id));
}
