import { type AuditEntry, actorOf, recordAuditIn } from "../audit";
import { forgetKey, serviceKeyHash } from "../keys";
import { type Clock, type Db, systemClock, type Tx } from "../platform";
import { type Bytes, sha256 } from "../platform/crypto/hash";
import { newServiceSecret } from "./client-secret";

/** Whose secret it was. */
export interface EndedServiceSecret {
  orgId: string;
  createdBy: string | null;
}

/**
 * Ends a service account's client secret, current or previous, and every token that it has: each may have been got with it. In place
 * of the current one stands a secret that nobody was given: the account gets no tokens until its owner rotates it. Undefined where none works.
 */
export async function endLeakedServiceSecret(
  db: Db,
  { secret, finding }: { secret: string; finding: AuditEntry["details"] },
  clock: Clock = systemClock,
): Promise<EndedServiceSecret | undefined> {
  const now = clock.now();
  const hash = sha256(secret);
  const known = await db.serviceAccount.findFirst({
    where: {
      OR: [{ secretHash: hash }, { previousSecretHash: hash, previousSecretUntil: { gt: now } }],
      key: { revokedAt: null },
    },
    select: { id: true, orgId: true },
  });
  if (known === null) return undefined;
  return await endTokens(db, { ...known, finding, by: { hash } }, clock);
}

/** Ends every token of the account by which somebody found one; its client secret keeps working. Undefined where it is gone. */
export async function endLeakedServiceToken(
  db: Db,
  { id, generation, finding }: { id: string; generation: number; finding: AuditEntry["details"] },
  clock: Clock = systemClock,
): Promise<EndedServiceSecret | undefined> {
  const known = await db.serviceAccount.findFirst({
    where: { id, generation, disabledAt: null, key: { revokedAt: null } },
    select: { id: true, orgId: true },
  });
  return known === null ? undefined : await endTokens(db, { ...known, finding, by: { generation } }, clock);
}

interface Found {
  id: string;
  orgId: string;
  finding: AuditEntry["details"];
  /** A secret of the account, or a token of this generation. */
  by: { hash: Bytes } | { generation: number };
}

async function endTokens(
  db: Db,
  { id, orgId, finding, by }: Found,
  clock: Clock,
): Promise<EndedServiceSecret | undefined> {
  const now = clock.now();
  const ended = await db.$transaction(async (tx) => {
    // Organization before key is the order of every lock on keys.
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${orgId}::uuid FOR NO KEY UPDATE`;
    const changed =
      "hash" in by ? await dropSecret(tx, id, by.hash, now) : await raise(tx, { id, ...by }, now);
    if (changed === 0) return null;
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(null),
      action: "service_account.secret_revoked",
      target: { type: "service_account", id },
      details: { ...finding, tokens_only: "generation" in by },
    });
    return await tx.apiKey.findUnique({ where: { id }, select: { orgId: true, createdBy: true } });
  });
  forgetKey(serviceKeyHash(id));
  return ended ?? undefined;
}

/** Ends every token of the account. */
async function raise(tx: Tx, where: { id: string; generation?: number }, now: Date): Promise<number> {
  const data = { generation: { increment: 1 }, updatedAt: now };
  return (await tx.serviceAccount.updateMany({ where, data })).count;
}

async function dropSecret(tx: Tx, id: string, hash: Bytes, now: Date): Promise<number> {
  const current = await tx.serviceAccount.updateMany({
    where: { id, secretHash: hash },
    data: { secretHash: newServiceSecret().secretHash },
  });
  const previous = await tx.serviceAccount.updateMany({
    where: { id, previousSecretHash: hash, previousSecretUntil: { gt: now } },
    data: { previousSecretHash: null, previousSecretUntil: null },
  });
  return current.count + previous.count === 0 ? 0 : await raise(tx, { id }, now);
}
