/**
 * The providers' price lists once more, typed off their pages (docs/models.md#sources) as they print them and by no code
 * that the catalogue uses: dollars for a million tokens, in the order input, cached input, cache write, cache write for
 * 12 hours, output. A dollar for a million tokens is a micro-dollar for one.
 */
type Row = readonly [input: string, cached: string, write: string, longWrite: string, output: string];

interface Printed {
  default: Row;
  defaultLong?: Row;
  flex?: Row;
  flexLong?: Row;
  priority?: Row;
  priorityLong?: Row;
  ultrafast?: Row;
  ultrafastLong?: Row;
  /** The first input token beyond it makes the whole request a long one. */
  shortUpTo?: number;
  /** The factor of regional endpoints. */
  regional?: string;
}

const plain = (input: string, cached: string, output: string): Row => [input, cached, input, input, output];
const family6 = { shortUpTo: 272_000, regional: "1.1" };

const sol62: Printed = {
  ...family6,
  default: ["2", "0.1", "2.5", "5", "10"],
  defaultLong: ["4", "0.2", "5", "10", "15"],
  flex: ["1", "0.05", "1.25", "2.5", "5"],
  flexLong: ["2", "0.1", "2.5", "5", "7.5"],
  priority: ["4", "0.2", "5", "10", "20"],
  priorityLong: ["8", "0.4", "10", "20", "30"],
};

export const printedPrices: Record<string, Printed> = {
  "gpt-4@2023-06-13": { default: plain("30", "30", "60") },
  "gpt-3.5-turbo@2024-01-25": { default: plain("0.50", "0.50", "1.50") },
  "gpt-4o@2024-08-06": {
    default: plain("2.50", "1.25", "10.00"),
    priority: plain("4.25", "2.125", "17.00"),
  },
  "gpt-4o-mini@2024-07-18": {
    default: plain("0.15", "0.075", "0.60"),
    priority: plain("0.25", "0.125", "1.00"),
  },
  "gpt-4.1@2025-04-14": { default: plain("2", "0.5", "8"), priority: plain("3.5", "0.875", "14") },
  "gpt-4.1-mini@2025-04-14": {
    default: plain("0.40", "0.10", "1.60"),
    priority: plain("0.70", "0.175", "2.80"),
  },
  "gpt-6-sol@2026-09-22": {
    ...family6,
    default: ["2", "0.2", "2.5", "5", "10"],
    defaultLong: ["4", "0.4", "5", "10", "15"],
    flex: ["1", "0.1", "1.25", "2.5", "5"],
    flexLong: ["2", "0.2", "2.5", "5", "7.5"],
    priority: ["4", "0.4", "5", "10", "20"],
    priorityLong: ["8", "0.8", "10", "20", "30"],
  },
  "gpt-6-luna@2026-09-22": {
    ...family6,
    default: ["0.1", "0.01", "0.125", "0.25", "0.5"],
    defaultLong: ["0.2", "0.02", "0.25", "0.5", "0.75"],
    flex: ["0.05", "0.005", "0.0625", "0.125", "0.25"],
    flexLong: ["0.1", "0.01", "0.125", "0.25", "0.375"],
    priority: ["0.2", "0.02", "0.25", "0.5", "1"],
    priorityLong: ["0.4", "0.04", "0.5", "1", "1.5"],
  },
  "gpt-6.1-sol@2026-09-29": sol62,
  "gpt-6.1-terra@2026-10-26": {
    ...family6,
    default: ["1", "0.05", "1.25", "2.50", "5"],
    defaultLong: ["2", "0.1", "2.5", "5", "7.5"],
    flex: ["0.5", "0.025", "0.625", "1.25", "2.5"],
    flexLong: ["1", "0.05", "1.25", "2.5", "3.75"],
    priority: ["2", "0.1", "2.5", "5", "10"],
    priorityLong: ["4", "0.2", "5", "10", "15"],
  },
  "gpt-6.2-sol@2026-11-17": {
    ...sol62,
    ultrafast: ["6", "0.3", "7.5", "15", "30"],
    ultrafastLong: ["12", "0.6", "15", "30", "45"],
  },
  "gpt-6.2-sol@2027-03-01": {
    ...sol62,
    ultrafast: ["12", "0.6", "15", "30", "60"],
    ultrafastLong: ["24", "1.2", "30", "60", "90"],
  },
  "gpt-6.2-astra@2026-11-17": {
    ...family6,
    default: ["8", "0.4", "10", "20", "40"],
    defaultLong: ["16", "0.8", "20", "40", "60"],
  },
  "text-embedding-3-small@2024-01-25": { default: plain("0.02", "0.02", "0") },
  "text-embedding-3-large@2024-01-25": { default: plain("0.13", "0.13", "0") },
  "gemini-pro@2024-02-15": { default: plain("0.50", "0.50", "1.50") },
  "gemini-1.5-pro@2024-10-01": { default: plain("1.25", "0.3125", "5.00") },
  "gemini-2.5-pro@2025-06-17": {
    default: plain("1.25", "0.125", "10.00"),
    defaultLong: plain("2.50", "0.25", "15.00"),
    shortUpTo: 200_000,
  },
  "gemini-2.5-flash@2025-06-17": { default: plain("0.30", "0.03", "2.50") },
  "gemini-3.1-flash-lite@2026-05-07": { default: plain("0.25", "0.025", "1.50") },
  "gemini-3.5-flash-lite@2026-07-21": { default: plain("0.30", "0.03", "2.50") },
  "gemini-3.5-flash@2026-05-19": { default: plain("1.50", "0.15", "9.00") },
  "gemini-3.6-flash@2026-09-02": { default: plain("0.75", "0.075", "3.75") },
  "gemini-3.6-flash@2027-01-01": { default: plain("1.50", "0.15", "7.50") },
  "gemini-3.7-flash@2026-09-02": { default: plain("0.75", "0.075", "3.75") },
  "gemini-3.7-flash@2027-01-01": { default: plain("1.50", "0.15", "7.50") },
  "gemini-3.8-flash@2026-09-02": { default: plain("0.75", "0.075", "3.75") },
  "gemini-3.8-flash@2027-01-01": { default: plain("1.50", "0.15", "7.50") },
  "gemini-4-argon@2026-10-14": { default: plain("2.00", "0.10", "10.00") },
  "gemini-4-argon@2026-12-01": { default: plain("4.00", "0.20", "20.00") },
  "gemini-embedding-001@2025-07-14": { default: plain("0.15", "0.15", "0") },
  "gemini-embedding-2@2026-03-10": { default: plain("0.20", "0.20", "0") },
  "deepseek-chat@2025-09-29": { default: plain("0.28", "0.028", "0.42") },
  "deepseek-reasoner@2025-09-29": { default: plain("0.28", "0.028", "0.42") },
  "deepseek-coder@2024-09-05": { default: plain("0.14", "0.014", "0.28") },
  "deepseek-flash@2026-09-10": { default: plain("0.3", "0.006", "1.2") },
  "deepseek-flash@2026-09-10/off-peak": { default: plain("0.15", "0.003", "0.6") },
  "deepseek-v4-pro@2026-08-16": { default: plain("1.32", "0.044", "3.96") },
  "deepseek-v4-pro@2026-08-16/off-peak": { default: plain("0.66", "0.022", "1.98") },
};

type Tier = "default" | "flex" | "priority" | "ultrafast";

interface Counts {
  inputTokens: number;
  cachedInputTokens: number;
  cacheWriteTokens: number;
  longCacheWriteTokens: number;
  outputTokens: number;
  serviceTier: Tier;
  regional: boolean;
}

/** Micro-dollars by the printed price alone; undefined where the provider prints none for this tier. */
export function reckon(priceVersion: string, counts: Counts): bigint | undefined {
  const printed = printedPrices[priceVersion];
  if (printed === undefined) return undefined;
  const isLong = printed.shortUpTo !== undefined && counts.inputTokens > printed.shortUpTo;
  const row = printed[isLong ? (`${counts.serviceTier}Long` as const) : counts.serviceTier];
  if (row === undefined) return undefined;
  const { inputTokens, cachedInputTokens, cacheWriteTokens, longCacheWriteTokens, outputTokens } = counts;
  const fresh = inputTokens - cachedInputTokens - cacheWriteTokens - longCacheWriteTokens;
  const amounts = [fresh, cachedInputTokens, cacheWriteTokens, longCacheWriteTokens, outputTokens];
  // Nine decimals hold every printed price with the regional factor: the sum is exact.
  const billionths = amounts.reduce(
    (sum, tokens, at) => sum + BigInt(tokens) * decimal(row[at] ?? "0", 8),
    0n,
  );
  const whole = billionths * (counts.regional ? decimal(printed.regional ?? "1", 1) : 10n);
  const quotient = whole / 1_000_000_000n;
  return whole % 1_000_000_000n >= 500_000_000n ? quotient + 1n : quotient;
}

/** "2.125" with 3 decimals is 2125n. */
function decimal(text: string, places: number): bigint {
  const [whole = "0", part = ""] = text.split(".");
  if (part.length > places) throw new RangeError(`"${text}" has more than ${places} decimals`);
  return BigInt(whole + part.padEnd(places, "0"));
}
