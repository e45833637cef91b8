const grouped = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** 92400 → "92,400". */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** 1047576 → "1M": for sizes, where the magnitude is what matters. */
export function formatCompact(count: number): string {
  return compact.format(count);
}

/** "1 token", "92,400 tokens". */
export function formatTokens(count: number): string {
  return `${grouped.format(count)} ${count === 1 ? "token" : "tokens"}`;
}
