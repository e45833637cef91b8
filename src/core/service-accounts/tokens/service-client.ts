import { knownScopes } from "../../keys";
import { type Clock, type Db, type Scope, systemClock } from "../../platform";
import { constantTimeEqual, sha256 } from "../../platform/crypto/hash";
import { isServiceSecret } from "../client-secret";

/** A service account as the protocol sees it: a client that gets tokens for itself. */
export interface ServiceClient {
  orgId: string;
  name: string;
  scopes: Scope[];
  /** The tokens that it gets now say this one; those of an earlier one no longer work. */
  generation: number;
  /** Those of this generation that were ended one by one (`revocationOf`). */
  revokedTokens: string[];
}

/** Undefined for one that is disabled, expired, deleted or suspended, and once its organization, or who answers for it, is suspended. */
export async function findServiceClient(
  db: Db,
  id: string,
  clock: Clock = systemClock,
): Promise<ServiceClient | undefined> {
  const row = await db.serviceAccount.findFirst({
    where: {
      id,
      disabledAt: null,
      key: {
        revokedAt: null,
        suspendedAt: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: clock.now() } }],
      },
      organization: { deletedAt: null, suspendedAt: null },
    },
    select: {
      orgId: true,
      generation: true,
      revokedTokens: true,
      key: { select: { name: true, scopes: true, createdBy: true } },
    },
  });
  if (row === null) return undefined;
  const { name, scopes, createdBy } = row.key;
  if (createdBy !== null) {
    const suspended = await db.user.count({ where: { id: createdBy, suspendedAt: { not: null } } });
    if (suspended > 0) return undefined;
  }
  const { orgId, generation, revokedTokens } = row;
  return { orgId, name, scopes: knownScopes(scopes), generation, revokedTokens };
}

/** Whether this is the account's client secret, or its previous one while a rotation's grace lasts. */
export async function isSecretOfService(
  db: Db,
  { id, secret }: { id: string; secret: string },
  clock: Clock = systemClock,
): Promise<boolean> {
  if (!isServiceSecret(secret)) return false;
  const row = await db.serviceAccount.findUnique({
    where: { id },
    select: { secretHash: true, previousSecretHash: true, previousSecretUntil: true },
  });
  if (row === null) return false;
  const given = sha256(secret);
  if (constantTimeEqual(given, row.secretHash)) return true;
  const { previousSecretHash: previous, previousSecretUntil: until } = row;
  return previous !== null && until !== null && until > clock.now() && constantTimeEqual(given, previous);
}
