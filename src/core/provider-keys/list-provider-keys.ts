import type { Db, UserPrincipal } from "../platform";
import { type ListQuery, pageOf } from "../platform/list";
import { assertManager, providerKeyColumns, viewProviderKey } from "./provider-key-rows";
import type { ProviderKeyView } from "./schemas";

/** @throws AppError `insufficient_role`, `invalid_cursor`. */
export async function listProviderKeys(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: ListQuery },
): Promise<{ data: ProviderKeyView[]; next_cursor: string | null }> {
  assertManager(principal.role);
  const { orgId } = principal;
  const rows = await db.providerKey.findMany({ where: { orgId }, select: providerKeyColumns });
  return pageOf({ list: "provider_keys", owner: orgId }, input, rows.map(viewProviderKey));
}
