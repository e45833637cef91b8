import { DAY, type DbOrTx } from "../platform";

/** How far back to look: a few hundred rows of one index, whatever the organization's size. */
const LOOK_BACK_MS = 60 * DAY;
const LOOK_AT = 400;

/** The median output tokens of an organization's recent live answers of a model; null without any. */
export async function typicalOutput(
  db: DbOrTx,
  { orgId, model, at }: { orgId: string; model: string; at: Date },
): Promise<number | null> {
  const since = new Date(at.getTime() - LOOK_BACK_MS).toISOString();
  const [row] = await db.$queryRaw<{ tokens: bigint | null }[]>`
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY output_tokens) AS tokens
    FROM (
      SELECT model, billable, output_tokens FROM usage_ledger
      WHERE org_id = ${orgId}::uuid AND environment = 'live' AND created_at >= ${since}::timestamptz
      ORDER BY created_at DESC
      LIMIT ${LOOK_AT}::int
    ) recent
    WHERE model = ${model} AND billable`;
  return row?.tokens == null ? null : Number(row.tokens);
}
