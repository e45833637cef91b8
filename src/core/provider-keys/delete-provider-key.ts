import { actorOf, recordAuditIn } from "../audit";
import { type Db, type Tx, toPublicId, type UserPrincipal } from "../platform";
import { auditOfProviderKey, changeProviderKeys, readProviderKey } from "./provider-key-rows";
import type { DeletedProviderKey } from "./schemas";
import { closeGap } from "./update-provider-key";

/**
 * Removes the key and its ciphertext. Calls go by the organization's next key at that provider, else by ours again.
 * @throws AppError `insufficient_role`, `not_found`.
 */
export async function deleteProviderKey(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
): Promise<DeletedProviderKey> {
  const { orgId } = principal;
  return await changeProviderKeys(db, principal, async (tx) => {
    const row = await readProviderKey(tx, { orgId, id });
    await tx.providerKey.delete({ where: { id, orgId }, select: { id: true } });
    await closeGap(tx, { orgId, provider: row.provider });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "provider_key.deleted",
      ...auditOfProviderKey(row),
    });
    return { id: toPublicId("pky", id), object: "provider_key", deleted: true };
  });
}

/** For an organization that is deleted: its secrets at providers need not be kept until the erasure. */
export async function deleteAllProviderKeys(tx: Tx, orgId: string): Promise<number> {
  const { count } = await tx.providerKey.deleteMany({ where: { orgId } });
  return count;
}
