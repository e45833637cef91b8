import { startOfMonth } from "../../platform/clock";
import type { DbOrTx } from "../../platform/db/client";

/** What these keys have spent in the UTC month that holds `at`, by `spend_id`; one query, absent where nothing was. */
export async function readKeySpend(
  db: DbOrTx,
  { orgId, spendIds, at }: { orgId: string; spendIds: readonly string[]; at: Date },
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.keySpend.findMany({
    where: { orgId, keyId: { in: [...new Set(spendIds)] }, month: startOfMonth(at) },
    select: { keyId: true, spentMicros: true },
  });
  return new Map(rows.map(({ keyId, spentMicros }) => [keyId, spentMicros]));
}
