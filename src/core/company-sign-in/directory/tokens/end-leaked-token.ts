import { type AuditEntry, actorOf, recordAuditIn } from "../../../audit";
import type { Db } from "../../../platform";
import { sha256 } from "../../../platform/crypto/hash";

/** Whose token it was. */
export interface EndedDirectoryToken {
  orgId: string;
  createdBy: string | null;
}

/** Ends a SCIM token by its secret, without anybody's rights: who holds it could use it. Undefined where none works. */
export async function endLeakedDirectoryToken(
  db: Db,
  { secret, finding }: { secret: string; finding: AuditEntry["details"] },
): Promise<EndedDirectoryToken | undefined> {
  const where = { secretHash: sha256(secret) };
  const known = await db.directoryToken.findUnique({ where, select: { orgId: true } });
  if (known === null) return undefined;
  return await db.$transaction(async (tx) => {
    // As `changeCompany`: one change of an organization's sign-in after the other.
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${known.orgId}::uuid FOR NO KEY UPDATE`;
    const token = await tx.directoryToken.findUnique({ where, select: { id: true, createdBy: true } });
    if (token === null) return undefined;
    await tx.directoryToken.delete({ where });
    await recordAuditIn(tx, {
      orgId: known.orgId,
      actor: actorOf(null),
      action: "directory.token_revoked",
      target: { type: "directory_token", id: token.id },
      details: finding,
    });
    return { orgId: known.orgId, createdBy: token.createdBy };
  });
}
