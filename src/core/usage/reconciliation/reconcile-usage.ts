import { startOfDay, toDay } from "../../../shared/time";
import { modelIdOfUpstream } from "../../models";
import { type Clock, DAY, type Db, systemClock } from "../../platform";
import {
  type ClassTotals,
  type OpenAiAdmin,
  readOpenAiUsage,
  type UsageClass,
  usageClasses,
} from "./read-openai-usage";
import { reconciliationMetrics } from "./reconciliation-metrics";

/** Where the ledger and the provider do not agree about one model on one day. */
export interface UsageDrift {
  model: string;
  class: UsageClass;
  ledger: number;
  provider: number;
  /** The ledger's deviation as a share of the provider's number; negative where the ledger is lower. */
  ratio: number;
}

/** Keeps calls that end around midnight from looking like drift: a difference this small does not count. */
const TOLERANCE = 0.001;

/**
 * Compares one finished UTC day of the ledger with what OpenAI counted for our organization, model by model and class by
 * class. Gemini and DeepSeek have no API that says it. Sets the metrics; the worst drift of a class is its alert.
 * @throws Error when OpenAI does not answer.
 */
export async function reconcileUsage(
  db: Db,
  { admin, signal }: { admin: OpenAiAdmin; signal: AbortSignal },
  clock: Clock = systemClock,
): Promise<{ day: string; models: number; drifts: UsageDrift[] }> {
  const day = startOfDay(toDay(new Date(clock.now().getTime() - DAY)));
  const [ours, theirs] = await Promise.all([
    readLedger(db, day),
    readOpenAiUsage(admin, { day, signal }).then(byPublicModel),
  ]);
  const models = new Set([...ours.keys(), ...theirs.keys()]);
  const { drift, reconciledAt } = reconciliationMetrics();
  drift.reset();
  const drifts: UsageDrift[] = [];
  for (const model of models) {
    for (const name of usageClasses) {
      const found = compare(ours.get(model)?.[name] ?? 0n, theirs.get(model)?.[name] ?? 0n);
      drift.set({ provider: "openai", model: labelOf(model), class: name }, found.ratio);
      if (Math.abs(found.ratio) > TOLERANCE) drifts.push({ model, class: name, ...found });
    }
  }
  reconciledAt.set({ provider: "openai" }, clock.now().getTime() / 1_000);
  return { day: toDay(day), models: models.size, drifts };
}

function compare(ledger: bigint, provider: bigint) {
  const [ours, theirs] = [Number(ledger), Number(provider)];
  return {
    ledger: ours,
    provider: theirs,
    ratio: ours === theirs ? 0 : (ours - theirs) / Math.max(theirs, 1),
  };
}

/** Live calls by our own keys, by the moment they ended, as the provider counts them; reads the partitions of the days around. */
async function readLedger(db: Db, day: Date): Promise<Map<string, ClassTotals>> {
  const rows = await db.$queryRaw<({ model: string } & ClassTotals)[]>`
    SELECT upstream_model AS model, sum(input_tokens)::bigint AS input,
      sum(cached_input_tokens)::bigint AS cached_input,
      sum(cache_write_tokens + long_cache_write_tokens)::bigint AS cache_write, sum(output_tokens)::bigint AS output
    FROM usage_ledger
    WHERE environment = 'live' AND provider = 'openai' AND NOT own_key AND input_tokens + output_tokens > 0
      AND created_at >= ${new Date(day.getTime() - 2 * DAY)}::timestamptz
      AND created_at < ${new Date(day.getTime() + DAY)}::timestamptz
      AND settled_at >= ${day}::timestamptz AND settled_at < ${new Date(day.getTime() + DAY)}::timestamptz
    GROUP BY upstream_model`;
  return byPublicModel(new Map(rows.map(({ model, ...totals }) => [model, totals])));
}

/** OpenAI reports usage under the dated model name, also for requests that used the short one. */
function byPublicModel(totals: ReadonlyMap<string, ClassTotals>): Map<string, ClassTotals> {
  const sums = new Map<string, ClassTotals>();
  for (const [name, more] of totals) {
    const id = modelIdOfUpstream(name) ?? name;
    const sum = sums.get(id);
    sums.set(id, {
      input: (sum?.input ?? 0n) + more.input,
      cached_input: (sum?.cached_input ?? 0n) + more.cached_input,
      cache_write: (sum?.cache_write ?? 0n) + more.cache_write,
      output: (sum?.output ?? 0n) + more.output,
    });
  }
  return sums;
}

/** Models outside the catalogue share one series, because their names come from outside and could be any number. */
function labelOf(model: string): string {
  return modelIdOfUpstream(model) ?? "other";
}
