const MICROS_PER_DOLLAR = 1_000_000;

/** From here on a hundredth of a cent is noise. */
const MANY = 10 * MICROS_PER_DOLLAR;

/**
 * Micro-dollars as dollars and cents; below a cent, as many of the six decimals as carry a digit
 * ("$0.000124"), because a prompt often costs less than a cent and "$0.00" would be a lie.
 */
export function formatMoney(micros: number): string {
  const dollars = micros / MICROS_PER_DOLLAR;
  const whole = Math.abs(micros) >= MANY || micros % (MICROS_PER_DOLLAR / 100) === 0;
  const small = micros !== 0 && Math.abs(micros) < MICROS_PER_DOLLAR / 100;
  return new Intl.NumberFormat("en-US", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: small ? 6 : whole ? 2 : 4,
  }).format(dollars);
}
