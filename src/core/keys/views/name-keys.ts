import type { DbOrTx } from "../../platform/db/client";

/** Names of an organization's keys, revoked ones included. */
export async function nameKeys(
  db: DbOrTx,
  { orgId, keyIds }: { orgId: string; keyIds: readonly string[] },
): Promise<Map<string, string>> {
  const keys = await db.apiKey.findMany({
    where: { orgId, id: { in: [...keyIds] } },
    select: { id: true, name: true },
  });
  return new Map(keys.map(({ id, name }) => [id, name]));
}
