import { type AuditEntry, actorOf, recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { isSecretForm, newAppSecret } from "./app-secret";

/** Whose secret it was. */
export interface EndedAppSecret {
  orgId: string;
  createdBy: string | null;
}

/**
 * Ends an app's secret, or its previous one during a rotation's overlap. In place of the current one stands a secret that
 * nobody was given, because an app without any would be a public one: it can do nothing until its owner rotates it. What people
 * granted stays. Undefined where none works.
 */
export async function endLeakedAppSecret(
  db: Db,
  { secret, finding }: { secret: string; finding: AuditEntry["details"] },
  clock: Clock = systemClock,
): Promise<EndedAppSecret | undefined> {
  if (!isSecretForm(secret)) return undefined;
  const now = clock.now();
  const hash = sha256(secret);
  const current = { secretHash: hash };
  const previous = { previousSecretHash: hash, previousSecretUntil: { gt: now } };
  const known = await db.oauthApp.findFirst({
    where: { OR: [current, previous] },
    select: { id: true, orgId: true, createdBy: true },
  });
  if (known === null) return undefined;
  const { id, orgId, createdBy } = known;
  return await db.$transaction(async (tx) => {
    // As `changeApps`: one change of an organization's apps after the other.
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${orgId}::uuid FOR NO KEY UPDATE`;
    const replaced = await tx.oauthApp.updateMany({
      where: { id, ...current },
      data: { secretHash: newAppSecret().hash, updatedAt: now },
    });
    const dropped = await tx.oauthApp.updateMany({
      where: { id, ...previous },
      data: { previousSecretHash: null, previousSecretUntil: null, updatedAt: now },
    });
    if (replaced.count + dropped.count === 0) return undefined;
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(null),
      action: "app.secret_revoked",
      target: { type: "app", id },
      details: finding,
    });
    return { orgId, createdBy };
  });
}
