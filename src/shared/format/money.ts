import { MICROS_PER_CENT, MICROS_PER_DOLLAR } from "../money";

/** From this amount on, a hundredth of a cent is left out. */
const MANY = 10 * MICROS_PER_DOLLAR;

const grouped = new Intl.NumberFormat("en-US");

/** Micro-dollars with every significant digit: "$12.00", "$0.000125". For limits, prices and errors. */
export function formatMoneyExactly(micros: number | bigint): string {
  const amount = BigInt(micros);
  const size = amount < 0n ? -amount : amount;
  const dollars = size / BigInt(MICROS_PER_DOLLAR);
  const rest = String(size % BigInt(MICROS_PER_DOLLAR)).padStart(6, "0");
  return `${amount < 0n ? "-" : ""}$${grouped.format(dollars)}.${rest.replace(/0{1,4}$/, "")}`;
}

/**
 * Micro-dollars for display: dollars and cents; below a cent, up to six decimals ("$0.000124"), because a prompt often
 * costs less than a cent and "$0.00" would be wrong.
 */
export function formatMoney(micros: number): string {
  const whole = Math.abs(micros) >= MANY || micros % MICROS_PER_CENT === 0;
  const small = micros !== 0 && Math.abs(micros) < MICROS_PER_CENT;
  return new Intl.NumberFormat("en-US", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: small ? 6 : whole ? 2 : 4,
  }).format(micros / MICROS_PER_DOLLAR);
}

/** An amount in a currency's smallest unit, as payment services count: 2900 "usd" → "$29.00", 500 "jpy" → "¥500". */
export function formatAmount(units: number, currency: string): string {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  return format.format(units / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
