import { catalogueModel, OFF_PEAK, type Price, type Rates, type TierRates } from "../catalogue";
import { pricingMetrics } from "./metrics";
import type { ServiceTier, TokenUsage, UsageDefect } from "./usage";

/** What a request asked for that decides its price. */
export interface AskedPrice {
  /** Absent is the default tier, which is then what is asked of the provider. */
  serviceTier?: ServiceTier | undefined;
  /** The long lifetime for what the provider caches. */
  longCache?: boolean | undefined;
}

/** One call as the ledger has it: what it takes to compute its cost again. */
export interface BilledUsage extends TokenUsage {
  priceVersion: string;
  /** Billed at the rates of a long request. */
  longContext: boolean;
  costMicros: bigint;
}

const MILLION = 1_000_000n;
const HUNDRED = 100n;

const classes = [
  "input",
  "cachedInput",
  "cacheWrite",
  "longCacheWrite",
  "output",
  "reasoning",
] as const satisfies readonly (keyof Rates)[];

/**
 * A call's ledger amounts: at the rates of the tier that served it, but never more than what was asked for, so that no
 * settlement is above its reservation. A provider that serves dearer is billed as asked, marked and alerted on.
 *
 * @throws RangeError when the price entry does not exist: nothing unpriced is ever sold.
 */
export function billUsage(priceVersion: string, usage: TokenUsage, asked: AskedPrice = {}): BilledUsage {
  const price = knownPrice(priceVersion);
  const { serviceTier, defect: tierDefect } = billableTier(
    price,
    usage.serviceTier,
    asked.serviceTier ?? "default",
  );
  // A provider that writes for the long lifetime unasked is billed for the usual one.
  const unasked = usage.longCacheWriteTokens > 0 && asked.longCache !== true;
  const defect = usage.defect ?? tierDefect ?? (unasked ? "cache_not_asked" : null);
  const isAsSaid = !unasked && serviceTier === usage.serviceTier && defect === usage.defect;
  const billed: TokenUsage = isAsSaid
    ? usage
    : {
        ...usage,
        serviceTier,
        ...(unasked && {
          cacheWriteTokens: usage.cacheWriteTokens + usage.longCacheWriteTokens,
          longCacheWriteTokens: 0,
        }),
        defect,
      };
  if (defect !== null) pricingMetrics().usageDefects.inc({ model: modelOf(priceVersion), defect });
  // Field by field: V8 takes microseconds for an object that is spread and added to.
  return {
    inputTokens: billed.inputTokens,
    cachedInputTokens: billed.cachedInputTokens,
    cacheWriteTokens: billed.cacheWriteTokens,
    longCacheWriteTokens: billed.longCacheWriteTokens,
    outputTokens: billed.outputTokens,
    reasoningTokens: billed.reasoningTokens,
    serviceTier: billed.serviceTier,
    regional: billed.regional,
    defect,
    priceVersion,
    longContext: isLong(price, usage.inputTokens),
    costMicros: costAt(price, billed),
  };
}

/**
 * Micro-dollars for one call, exact in integers: the classes are summed first and rounded once, half up, at the
 * micro-dollar.
 *
 * @throws RangeError when the price entry does not exist: entries are never removed, so this is a defect.
 */
export function costOf(priceVersion: string, usage: TokenUsage): bigint {
  return costAt(knownPrice(priceVersion), usage);
}

/** The price a ledger row was billed by: `model@day`, or `model@day/off-peak`. */
export function priceOf(priceVersion: string): Price | undefined {
  const isOffPeak = priceVersion.endsWith(OFF_PEAK);
  const day = priceVersion.slice(priceVersion.lastIndexOf("@") + 1, isOffPeak ? -OFF_PEAK.length : undefined);
  const entry = catalogueModel(modelOf(priceVersion))?.prices.find(({ from }) => from === day);
  return isOffPeak ? entry?.offPeak?.price : entry;
}

function modelOf(priceVersion: string): string {
  return priceVersion.slice(0, priceVersion.lastIndexOf("@"));
}

/** The rates one call is billed by. A tier without a price of its own is billed as the default one. */
export function ratesFor(
  price: Price,
  { serviceTier, longContext }: { serviceTier: ServiceTier; longContext: boolean },
): Rates {
  const tier = tierRates(price, serviceTier) ?? price;
  return longContext ? (tier.long ?? tier) : tier;
}

/**
 * The most that a request can cost, in micro-dollars, rounded up: every input token at the dearest class it can fall
 * into, at the tier asked for or the default one if that is dearer, short or long, and with the regional uplift.
 * `billUsage` of no more tokens at the same price is never above it.
 */
export function boundCost(
  { price }: { price: Price },
  { inputTokens, outputTokens, ...asked }: { inputTokens: number; outputTokens: number } & AskedPrice,
): bigint {
  const { input, output } = dearest(price, inputTokens, asked);
  const millionths = BigInt(inputTokens) * BigInt(input) + BigInt(outputTokens) * BigInt(output);
  const divisor = MILLION * HUNDRED;
  return (millionths * BigInt(Math.max(100, price.regionalPercent)) + divisor - 1n) / divisor;
}

function dearest(price: Price, inputTokens: number, { serviceTier = "default", longCache }: AskedPrice) {
  let input = 0;
  let output = 0;
  for (const tier of [price, tierRates(price, serviceTier) ?? price]) {
    for (const rates of isLong(price, inputTokens) ? [tier, tier.long ?? tier] : [tier]) {
      input = Math.max(
        input,
        rates.input,
        rates.cachedInput,
        rates.cacheWrite,
        longCache ? rates.longCacheWrite : 0,
      );
      output = Math.max(output, rates.output, rates.reasoning);
    }
  }
  return { input, output };
}

function costAt(price: Price, usage: TokenUsage): bigint {
  const { serviceTier, inputTokens } = usage;
  const rates = ratesFor(price, { serviceTier, longContext: isLong(price, inputTokens) });
  const fresh =
    usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens - usage.longCacheWriteTokens;
  const millionths =
    BigInt(fresh) * BigInt(rates.input) +
    BigInt(usage.cachedInputTokens) * BigInt(rates.cachedInput) +
    BigInt(usage.cacheWriteTokens) * BigInt(rates.cacheWrite) +
    BigInt(usage.longCacheWriteTokens) * BigInt(rates.longCacheWrite) +
    BigInt(usage.outputTokens - usage.reasoningTokens) * BigInt(rates.output) +
    BigInt(usage.reasoningTokens) * BigInt(rates.reasoning);
  if (!usage.regional) return (millionths + MILLION / 2n) / MILLION;
  const divisor = MILLION * HUNDRED;
  return (millionths * BigInt(price.regionalPercent) + divisor / 2n) / divisor;
}

/** The tier to bill: as served, unless that is one the provider has no price for, or dearer than what was asked for. */
function billableTier(
  price: Price,
  served: ServiceTier,
  asked: ServiceTier,
): { serviceTier: ServiceTier; defect: UsageDefect | null } {
  if (served === "default") return { serviceTier: served, defect: null };
  const rates = tierRates(price, served);
  if (rates === undefined) return { serviceTier: "default", defect: "unpriced_tier" };
  if (served === asked || isWithin(rates, [price, tierRates(price, asked) ?? price])) {
    return { serviceTier: served, defect: null };
  }
  return { serviceTier: asked, defect: "tier_not_asked" };
}

/** Whether no class of `rates` is dearer than the dearest of `limits`, short or long. */
function isWithin(rates: TierRates, limits: readonly TierRates[]): boolean {
  return classes.every(
    (name) =>
      rates[name] <= Math.max(...limits.map((limit) => limit[name])) &&
      (rates.long ?? rates)[name] <= Math.max(...limits.map((limit) => (limit.long ?? limit)[name])),
  );
}

function tierRates(price: Price, tier: ServiceTier): TierRates | undefined {
  return tier === "default" ? price : price.tiers[tier];
}

function isLong({ shortUpTo }: Price, inputTokens: number): boolean {
  return shortUpTo !== undefined && inputTokens > shortUpTo;
}

/** Of a catalogue that never changes while a process runs. */
const prices = new Map<string, Price>();

function knownPrice(priceVersion: string): Price {
  const price = prices.get(priceVersion) ?? priceOf(priceVersion);
  if (price === undefined) throw new RangeError(`No price entry "${priceVersion}" in the catalogue`);
  prices.set(priceVersion, price);
  return price;
}
