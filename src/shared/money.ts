/** Amounts of money are whole micro-dollars. */
export const MICROS_PER_DOLLAR = 1_000_000;
export const MICROS_PER_CENT = MICROS_PER_DOLLAR / 100;
