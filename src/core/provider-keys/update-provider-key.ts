import { actorOf, recordAuditIn } from "../audit";
import type { Db, Tx, UserPrincipal } from "../platform";
import {
  auditOfProviderKey,
  changeProviderKeys,
  type ProviderKeyRow,
  providerKeyColumns,
  readProviderKey,
  viewProviderKey,
} from "./provider-key-rows";
import type { ProviderKeyView, UpdateProviderKeyInput } from "./schemas";

/**
 * Changes a key's position among its provider's keys, or whether our key can be used after it. Omitted fields do not
 * change.
 * @throws AppError `insufficient_role`, `not_found`.
 */
export async function updateProviderKey(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: UpdateProviderKeyInput },
): Promise<ProviderKeyView> {
  const { orgId } = principal;
  const { id, fallback, position } = input;
  return await changeProviderKeys(db, principal, async (tx) => {
    const before = await readProviderKey(tx, { orgId, id });
    if (position !== undefined) await moveTo(tx, { orgId, key: before, position });
    const after = await tx.providerKey.update({
      where: { id, orgId },
      data: { ...(fallback !== undefined && { fallback }) },
      select: providerKeyColumns,
    });
    if (after.fallback !== before.fallback || after.position !== before.position) {
      const { target, details } = auditOfProviderKey(after);
      await recordAuditIn(tx, {
        orgId,
        actor: actorOf(principal),
        action: "provider_key.updated",
        target,
        details: { ...details, position_before: before.position, fallback_before: before.fallback },
      });
    }
    return viewProviderKey(after);
  });
}

/** The others keep their order; a position past the end means the last one. */
async function moveTo(
  tx: Tx,
  { orgId, key, position }: { orgId: string; key: ProviderKeyRow; position: number },
): Promise<void> {
  const rows = await idsInOrder(tx, { orgId, provider: key.provider });
  const others = rows.filter((id) => id !== key.id);
  others.splice(position - 1, 0, key.id);
  await writeOrder(tx, orgId, others);
}

async function idsInOrder(
  tx: Tx,
  { orgId, provider }: { orgId: string; provider: string },
): Promise<string[]> {
  const rows = await tx.providerKey.findMany({
    where: { orgId, provider },
    orderBy: [{ position: "asc" }, { id: "asc" }],
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

async function writeOrder(tx: Tx, orgId: string, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE provider_keys k SET position = o.position
    FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS o(id, position)
    WHERE k.id = o.id AND k.org_id = ${orgId}::uuid AND k.position <> o.position`;
}

/** Closes the gap that a deleted key leaves. */
export async function closeGap(tx: Tx, of: { orgId: string; provider: string }): Promise<void> {
  await writeOrder(tx, of.orgId, await idsInOrder(tx, of));
}
