import { type Clock, chooseEnvironment, type Db, ownOf, type Principal, systemClock } from "../../platform";
import type { UsageQuery, UsageReport, UsageTotals } from "../schemas";
import { addLatencies, type LatencyHistogram, latencyOf } from "./latency";
import { readUsageCells, type UsageCell } from "./read-usage-cells";
import { toBuckets } from "./to-buckets";
import { usageRange } from "./usage-range";

/**
 * An organization's usage by time and group. Exact: a request that ended a millisecond ago is included.
 * @throws AppError `invalid_request`, param `from`; param `environment` for a key that names the other one.
 */
export async function getUsage(
  db: Db,
  { principal, query }: { principal: Principal; query: UsageQuery },
  clock: Clock = systemClock,
): Promise<UsageReport> {
  const now = clock.now();
  const range = usageRange(query, now);
  const environment = chooseEnvironment(principal, query.environment);
  const cells = await readUsageCells(db, {
    ...query,
    ...range,
    orgId: principal.orgId,
    environment,
    own: ownOf(principal),
  });
  const everything: LatencyHistogram = new Map();
  for (const { latencies } of cells) addLatencies(everything, latencies);
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    interval: query.interval,
    group_by: query.group_by ?? null,
    totals: { ...addUp(cells), latency_ms: latencyOf(everything) },
    data: await toBuckets(db, { principal, query, cells }),
    refreshed_at: now.toISOString(),
  };
}

function addUp(cells: readonly UsageCell[]): Omit<UsageTotals, "latency_ms"> {
  const totals = { ...nothing };
  for (const { measures } of cells) {
    for (const name of measureNames) totals[name] += measures[name];
  }
  return totals;
}

const nothing: Omit<UsageTotals, "latency_ms"> = {
  requests: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  errors: 0,
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  total_tokens: 0,
  cost_micros: 0,
  cache_hits: 0,
  byok_requests: 0,
  byok_fee_micros: 0,
  provider_cost_micros: 0,
};
const measureNames = Object.keys(nothing) as (keyof typeof nothing)[];
