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
