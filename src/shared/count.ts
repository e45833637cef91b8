/** The value of a typed text, or an error message for the person who typed it. */
export type Reading<Value> = { value: Value; problem?: undefined } | { value?: undefined; problem: string };

const grouped = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** 92400 → "92,400". */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** In powers of ten, as file managers show it: 48 kB, 1.2 GB. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  for (; value >= 999.5 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** 1047576 → "1M": for sizes, where the magnitude is what matters. */
export function formatCompact(count: number): string {
  return compact.format(count);
}

/** "1 request", "4,012 requests". */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${grouped.format(count)} ${count === 1 ? one : many}`;
}

/** "1 token", "92,400 tokens". */
export function formatTokens(count: number): string {
  return countOf(count, "token");
}

/** "5000000", "5,000,000" → 5000000. Ambiguous text ("1,5", "1.000", "1e3") is refused, never guessed. */
export function readCount(typed: string, { least, most }: { least: number; most: number }): Reading<number> {
  const text = typed.trim();
  const plain = /^(?:0|-?[1-9]\d*|-?[1-9]\d{0,2}(?:,\d{3})+)$/.test(text);
  const count = plain ? BigInt(text.replaceAll(",", "")) : undefined;
  if (count === undefined || count < BigInt(least) || count > BigInt(most))
    return { problem: `Enter a whole number from ${formatCount(least)} to ${formatCount(most)}.` };
  return { value: Number(count) };
}

/** "0.7" → 0.7: a decimal number with a dot, and no other notation. */
export function readDecimal(
  typed: string,
  { least, most }: { least: number; most: number },
): Reading<number> {
  const text = typed.trim();
  const value = /^-?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most
    ? { value }
    : { problem: `Enter a number from ${formatCount(least)} to ${formatCount(most)}.` };
}
