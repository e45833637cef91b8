import type { ServiceTier } from "../cost/usage";
import type { PeakHours } from "./peak-hours";

/** Micro-dollars for a million tokens of each class. */
export interface Rates {
  input: number;
  cachedInput: number;
  /** Written to the provider's cache for its usual lifetime. */
  cacheWrite: number;
  /** Written for the long lifetime. */
  longCacheWrite: number;
  output: number;
  /** The part of the output that is reasoning; at all three providers as dear as the rest. */
  reasoning: number;
}

/** Short and long requests. A request is long as a whole: its first token costs what its last does. */
export interface TierRates extends Rates {
  long?: Rates;
}

/** In force from the start of the UTC day `from` until the next entry. The rates on top are those of the default tier. */
export interface Price extends TierRates {
  from: string;
  /** The most input tokens of a short request; absent where length does not matter. */
  shortUpTo?: number;
  /** The tiers the provider prices for this model, beside the default one. */
  tiers: Partial<Record<Exclude<ServiceTier, "default">, TierRates>>;
  /** What a hundredth becomes where a regional endpoint serves: 110 is 10% more. */
  regionalPercent: number;
  /** What is asked instead at every hour that is not a peak one. */
  offPeak?: { price: Price; peak: PeakHours };
}

/** Ends the name of an entry's off-peak price, as in `deepseek-flash@2026-09-10/off-peak`. */
export const OFF_PEAK = "/off-peak";

const dollar = 1_000_000;

/** Prices as providers print them: dollars for a million tokens. */
interface Printed {
  input: number;
  cachedInput?: number;
  cacheWrite?: number;
  longCacheWrite?: number;
  output: number;
}

type PrintedRates = readonly [input: number, cachedInput: number, output: number];

interface Options {
  cacheWrite?: number;
  longCacheWrite?: number;
  /** OpenAI since GPT-5.4: beyond so many input tokens the whole request costs so many times as much. */
  long?: { above: number; input: number; output: number };
  /** Either so many times the default, or a row of its own. */
  tiers?: Partial<Record<Exclude<ServiceTier, "default">, number | PrintedRates>>;
  regionalPercent?: number;
  /** So many hundredths of every rate outside these hours. */
  offPeak?: { percent: number; peak: PeakHours };
}

/** A cache write without a price of its own costs what fresh input does. */
function ratesOf({
  input,
  cachedInput = input,
  cacheWrite = input,
  longCacheWrite = cacheWrite,
  output,
}: Printed): Rates {
  const micros = (dollars: number) => Math.round(dollars * dollar);
  return {
    input: micros(input),
    cachedInput: micros(cachedInput),
    cacheWrite: micros(cacheWrite),
    longCacheWrite: micros(longCacheWrite),
    output: micros(output),
    reasoning: micros(output),
  };
}

/** One entry of a model's price list. */
export function price(
  from: string,
  input: number,
  cachedInput: number,
  output: number,
  options: Options = {},
): Price {
  const { cacheWrite, longCacheWrite, long, tiers = {}, regionalPercent = 100, offPeak } = options;
  const short: Printed = {
    input,
    cachedInput,
    output,
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(longCacheWrite !== undefined && { longCacheWrite }),
  };
  const byLength = (printed: Printed): TierRates => ({
    ...ratesOf(printed),
    ...(long && { long: ratesOf(times(printed, long.input, long.output)) }),
  });
  const reduced = (factor: number): Price => ({
    from,
    ...byLength(times(short, factor, factor)),
    tiers: {},
    regionalPercent,
  });
  const tierRates = ([input, cachedInput, output]: PrintedRates) => byLength({ input, cachedInput, output });
  return {
    from,
    ...byLength(short),
    ...(long && { shortUpTo: long.above }),
    tiers: Object.fromEntries(
      Object.entries(tiers).map(([tier, given]) => [
        tier,
        typeof given === "number" ? byLength(times(short, given, given)) : tierRates(given),
      ]),
    ),
    regionalPercent,
    ...(offPeak && { offPeak: { price: reduced(offPeak.percent / 100), peak: offPeak.peak } }),
  };
}

function times(
  { input, cachedInput, cacheWrite, longCacheWrite, output }: Printed,
  inputs: number,
  outputs: number,
): Printed {
  return {
    input: input * inputs,
    output: output * outputs,
    ...(cachedInput !== undefined && { cachedInput: cachedInput * inputs }),
    ...(cacheWrite !== undefined && { cacheWrite: cacheWrite * inputs }),
    ...(longCacheWrite !== undefined && { longCacheWrite: longCacheWrite * inputs }),
  };
}
