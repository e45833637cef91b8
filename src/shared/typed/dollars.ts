import { formatMoneyExactly } from "../format/money";
import { MICROS_PER_CENT, MICROS_PER_DOLLAR } from "../money";
import type { Reading } from "./reading";

const PLAIN = /^\$?\s?(?<dollars>0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(?<cents>\d{1,2}))?$/;

/**
 * "25", "$1,250.50" → micro-dollars. A comma separates thousands and a dot cents; text that means something else in
 * other countries ("99,50", "1.000") is refused, never guessed. Amounts above `most` are refused, and always those that
 * a JSON number cannot carry exactly.
 */
export function readDollars(
  typed: string,
  { least = MICROS_PER_CENT, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
): Reading<number> {
  const text = typed.trim();
  const { dollars, cents = "" } = PLAIN.exec(text)?.groups ?? {};
  if (dollars === undefined) return { problem: whyUnreadable(text) };
  const micros =
    BigInt(dollars.replaceAll(",", "")) * BigInt(MICROS_PER_DOLLAR) +
    BigInt(cents.padEnd(2, "0")) * BigInt(MICROS_PER_CENT);
  if (micros < BigInt(least)) return { problem: `Enter at least ${formatMoneyExactly(least)}.` };
  if (micros > BigInt(most)) return { problem: `Enter at most ${formatMoneyExactly(most)}.` };
  return { value: Number(micros) };
}

function whyUnreadable(text: string): string {
  if (/^[-−–(]|-$/.test(text)) return "Enter an amount above zero.";
  if (/^[$\s\d.,]*\.\d{3,}$/.test(text)) return "Use at most two digits after the dot, such as 99.50.";
  if (/^[$\s\d.,]*,[\d.,]*$/.test(text))
    return "Use a dot for cents and commas only between thousands, such as 99.50 or 1,250.00.";
  return "Enter dollars and cents in digits, such as 25 or 1,250.00.";
}

/** Micro-dollars as typed into a field: "25", "1250.50". Fractions of a cent are kept. */
export function typeDollars(micros: number): string {
  const text = formatMoneyExactly(micros).replace(/[$,]/g, "");
  return text.endsWith(".00") ? text.slice(0, -3) : text;
}
