import { floorToDay, toDay } from "../../../shared/time";
import { type Clock, DAY, type Db, HOUR, systemClock } from "../../platform";
import { ALL_TIERS, type ComparedLine, compareUsage, isDrift, type UsageLine } from "./compare-usage";
import { type OpenAiAdmin, readOpenAiUsage } from "./read-openai-usage";

interface ComparedDay {
  day: string;
  models: number;
  drifts: ComparedLine[];
}

/** OpenAI's numbers of a day are late, by up to some hours. */
const COUNTED_AFTER = 4 * HOUR;
/** Days that were missed are made up for; before these nobody asks any more. */
const DAYS_BACK = 7;
const KEPT_MS = 400 * DAY;

/**
 * Compares each finished UTC day of the ledger with what OpenAI counted for our organization, model by model, class by class
 * and tier by tier, and keeps the result. A day with drift is compared again until the next one is. Gemini and DeepSeek have
 * no API that says it.
 * @throws Error when OpenAI does not answer.
 */
export async function reconcileUsage(
  db: Db,
  { admin, signal }: { admin: OpenAiAdmin; signal: AbortSignal },
  clock: Clock = systemClock,
): Promise<ComparedDay[]> {
  const compared: ComparedDay[] = [];
  for (const day of await daysToCompare(db, clock.now())) {
    const [ours, theirs] = await Promise.all([readLedger(db, day), readOpenAiUsage(admin, { day, signal })]);
    const lines = compareUsage(ours, theirs);
    await keep(db, { day, lines, at: clock.now() });
    const models = new Set(lines.map(({ model }) => model)).size;
    compared.push({ day: toDay(day), models, drifts: lines.filter(isDrift) });
  }
  await db.usageComparison.deleteMany({ where: { day: { lt: new Date(clock.now().getTime() - KEPT_MS) } } });
  return compared;
}

const PROVIDER = "openai";

/** Oldest first. */
async function daysToCompare(db: Db, now: Date): Promise<Date[]> {
  const newest = floorToDay(new Date(now.getTime() - DAY - COUNTED_AFTER));
  const days = Array.from({ length: DAYS_BACK }, (_, back) => new Date(newest.getTime() - back * DAY));
  const known = await db.usageComparison.findMany({
    where: { provider: PROVIDER, day: { in: days } },
    include: { lines: { select: { drift: true } } },
  });
  const settled = known.filter(({ day, lines }) => day < newest || !lines.some(isDrift));
  const done = new Set(settled.map(({ day }) => day.getTime()));
  return days.filter((day) => !done.has(day.getTime())).reverse();
}

async function keep(db: Db, { day, lines, at }: { day: Date; lines: readonly ComparedLine[]; at: Date }) {
  const key = { provider: PROVIDER, day };
  await db.$transaction([
    db.usageComparison.upsert({
      where: { provider_day: key },
      create: { ...key, comparedAt: at },
      update: { comparedAt: at },
    }),
    db.usageComparisonLine.deleteMany({ where: key }),
    db.usageComparisonLine.createMany({ data: lines.map((line) => ({ ...key, ...line })) }),
  ]);
}

interface LedgerSums {
  model: string;
  service_tier: string;
  estimated: boolean;
  input: bigint;
  cached_input: bigint;
  cache_write: bigint;
  output: bigint;
  cost: bigint;
}

/** Live calls by our own keys, by the moment they ended, as the provider counts them; reads the partitions of the days around. */
async function readLedger(db: Db, day: Date): Promise<UsageLine[]> {
  const rows = await db.$queryRaw<LedgerSums[]>`
    SELECT upstream_model AS model, service_tier, estimated, sum(input_tokens)::bigint AS input,
      sum(cached_input_tokens)::bigint AS cached_input,
      sum(cache_write_tokens + long_cache_write_tokens)::bigint AS cache_write, sum(output_tokens)::bigint AS output,
      sum(cost_micros)::bigint AS cost
    FROM usage_ledger
    WHERE environment = 'live' AND provider = ${PROVIDER} AND NOT own_key AND input_tokens + output_tokens > 0
      AND created_at >= ${new Date(day.getTime() - 2 * DAY)}::timestamptz
      AND created_at < ${new Date(day.getTime() + DAY)}::timestamptz
      AND settled_at >= ${day}::timestamptz AND settled_at < ${new Date(day.getTime() + DAY)}::timestamptz
    GROUP BY upstream_model, service_tier, estimated`;
  return rows.flatMap(({ model, service_tier: serviceTier, estimated: isEstimate, cost, ...tokens }) => [
    ...(["input", "cached_input", "cache_write", "output"] as const).map((name) => ({
      ...{ model, serviceTier, isEstimate },
      class: name,
      amount: tokens[name],
    })),
    { model, serviceTier: ALL_TIERS, isEstimate, class: "cost" as const, amount: cost },
  ]);
}
