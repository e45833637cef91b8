import { formatCount } from "../format/count";
import type { Reading } from "./reading";

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
