import { MICROS_PER_CENT, MICROS_PER_DOLLAR } from "./money";

/** What may be typed and what may be sent, in one place: forms and schemas read these. */
interface Bounds {
  least: number;
  most: number;
}

/** One cent: less than the price of any useful call would be a key that never works. */
export const KEY_CAP_MICROS: Bounds = { least: MICROS_PER_CENT, most: 1_000_000_000 * MICROS_PER_DOLLAR };
export const ORGANIZATION_CAP_MICROS: Bounds = {
  least: MICROS_PER_CENT,
  most: 1_000_000 * MICROS_PER_DOLLAR,
};
export const REQUESTS_PER_MINUTE: Bounds = { least: 1, most: 1_000_000 };

/** Of an agreement with one organization. */
export const OVERRIDE_TOKENS: Bounds = { least: 1_000, most: 1_000_000_000_000_000 };
/** Stripe's smallest and largest price. */
export const OVERRIDE_PRICE_CENTS: Bounds = { least: 100, most: 99_999_999 };
