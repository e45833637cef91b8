import { recordAuditIn } from "../../audit";
import type { Db } from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { BARE_BYTES, indexKeys, isRotating } from "../../platform/crypto/blind-index/index-keys";
import { Prisma } from "../../platform/db/client";
import { gauge } from "../../platform/observability/metrics";
import { indexedRows } from "./index-places";
import { countStale, type Reindexed, reindexRows } from "./reindex-rows";

const rotationMetrics = singleton("index key rotation metrics", () => ({
  left: gauge(
    "agatha_rows_of_earlier_index_keys",
    "Rows whose blind index is under an earlier key, by table, after the last run of the job that indexes them anew. At 0 everywhere the earlier key can go.",
    ["table"],
  ),
}));

export interface IndexRotation extends Reindexed {
  /** Rows still under an earlier key, by table. */
  left: Record<string, number>;
}

/**
 * Writes blind indexes anew under the current key, and records how many. Outside of a rotation it does nothing.
 * @throws AppError `service_unavailable` when the key service does not answer.
 */
export async function rotateIndexKey(
  db: Db,
  { signal, report }: { signal?: AbortSignal; report?: (table: string, done: Reindexed) => void } = {},
): Promise<IndexRotation> {
  const all: IndexRotation = { reindexed: 0, failed: 0, left: {} };
  if (!isRotating()) {
    for (const table of leftTables) rotationMetrics().left.set({ table }, 0);
    return all;
  }
  for (const [table, spec] of Object.entries(indexedRows)) {
    if (signal?.aborted) break;
    const done = await reindexRows(db, { table, spec, signal });
    all.reindexed += done.reindexed;
    all.failed += done.failed;
    report?.(table, done);
    all.left[table] = await countStale(db, table, spec);
  }
  all.left.linked_accounts = await countLinks(db);
  for (const [table, left] of Object.entries(all.left)) rotationMetrics().left.set({ table }, left);
  const { reindexed, failed } = all;
  if (reindexed > 0) {
    await db.$transaction((tx) =>
      recordAuditIn(tx, {
        orgId: null,
        actor: { type: "system", id: null },
        action: "data.indexes_renewed",
        details: { rows: reindexed, failed },
      }),
    );
  }
  return all;
}

const leftTables = [...Object.keys(indexedRows), "linked_accounts"];

/** Of an index that names no key, in base64url. */
const BARE_LENGTH = Math.ceil((BARE_BYTES * 8) / 6);

/** Links to companies' people that nobody has used since. */
async function countLinks(db: Db): Promise<number> {
  const { id } = indexKeys().current;
  const [counted] = await db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM linked_accounts
    WHERE provider = 'company' AND NOT ${
      id.byteLength === 0
        ? Prisma.sql`length(split_part(provider_account_id, ':', 2)) = ${BARE_LENGTH}::int`
        : Prisma.sql`(length(split_part(provider_account_id, ':', 2)) <> ${BARE_LENGTH}::int
            AND starts_with(split_part(provider_account_id, ':', 2), ${Buffer.from(id).toString("base64url")}))`
    }`;
  return counted?.n ?? 0;
}
