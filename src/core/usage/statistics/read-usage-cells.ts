import { z } from "zod";
import { type Db, type EnvironmentChoice, environmentsIn } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import type { Prisma, Tx } from "../../platform/db/client";
import type { UsageTotals } from "../schemas";
import type { LatencyColumns } from "./latency";
import { ledgerCells, mergedSql, type UsageAsk, type UsageWatermark, usageSources } from "./usage-sql";

/** The usage of one group in one time bucket. */
export interface UsageCell {
  /** Seconds since the epoch. */
  start: number;
  /** As the statistics store it: a model, a status, or the id of a key or member; empty without grouping. */
  group: string;
  measures: Omit<UsageTotals, "latency_ms">;
  latencies: LatencyColumns;
}

const count = z.number();
const rowsSchema = z.array(
  z.tuple([
    count,
    z.string(),
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    count,
    z.array(count).nullable(),
    z.array(count).nullable(),
    z.array(count).nullable(),
    z.array(count).nullable(),
  ]),
);

const ROUNDS = 3;

interface Merged extends UsageWatermark {
  cells: string;
}

/**
 * The cells of a query, ordered by time and group, consistent with the ledger at one moment. The watermark is read
 * first, so that the planner knows how short the live tail is; if a refresh moved it meanwhile, the query runs again.
 */
export async function readUsageCells(
  db: Db,
  { environment, ...asked }: Omit<UsageAsk, "environment"> & { environment: EnvironmentChoice },
): Promise<UsageCell[]> {
  const asks = environmentsIn(environment).map((one): UsageAsk => ({ ...asked, environment: one }));
  return await asOrganization(db, asked.orgId, (tx) => readCells(tx, asks));
}

async function readCells(tx: Tx, asks: readonly UsageAsk[]): Promise<UsageCell[]> {
  let [watermark] = await tx.$queryRaw<UsageWatermark[]>`
    SELECT boundary, history_xid AS "historyXid", recent_xid AS "recentXid" FROM usage_watermarks`;
  for (let round = 0; round < ROUNDS && watermark !== undefined; round++) {
    const known = watermark;
    const answer = await readMerged(
      tx,
      asks.flatMap((ask) => usageSources(ask, known)),
    );
    if (sameWatermark(answer, watermark)) return toCells(answer.cells);
    watermark = answer;
  }
  return toCells(
    (
      await readMerged(
        tx,
        asks.map((ask) => ledgerCells(ask)),
      )
    ).cells,
  );
}

async function readMerged(tx: Tx, sources: readonly Prisma.Sql[]): Promise<Merged> {
  const [row] = await tx.$queryRaw<Merged[]>(mergedSql(sources));
  if (row === undefined) throw new Error("the table usage_watermarks has lost its row");
  return row;
}

function sameWatermark(left: UsageWatermark, right: UsageWatermark): boolean {
  return (
    left.boundary.getTime() === right.boundary.getTime() &&
    left.historyXid === right.historyXid &&
    left.recentXid === right.recentXid
  );
}

function toCells(json: string): UsageCell[] {
  return rowsSchema.parse(JSON.parse(json)).map((row) => {
    const [
      start,
      group,
      requests,
      completed,
      failed,
      cancelled,
      input,
      cached,
      output,
      reasoning,
      cost,
      ...more
    ] = row;
    const [written, hits, ownKey, ownKeyFee, ownKeyList, buckets, counts, lows, highs] = more;
    return {
      start,
      group,
      measures: {
        requests,
        completed,
        failed,
        cancelled,
        errors: failed,
        input_tokens: input,
        cached_input_tokens: cached,
        cache_write_tokens: written,
        output_tokens: output,
        reasoning_tokens: reasoning,
        total_tokens: input + output,
        cost_micros: cost,
        cache_hits: hits,
        byok_requests: ownKey,
        byok_fee_micros: ownKeyFee,
        provider_cost_micros: ownKeyList,
      },
      latencies: {
        buckets: buckets ?? [],
        counts: counts ?? [],
        lows: lows ?? [],
        highs: highs ?? [],
      },
    };
  });
}
