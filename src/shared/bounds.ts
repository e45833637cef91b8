import { MICROS_PER_CENT, MICROS_PER_DOLLAR } from "./money";

/** The limits of what can be typed and sent, shared by forms and schemas. */
interface Bounds {
  least: number;
  most: number;
}

/** At least one cent: a lower cap would block every useful call. */
export const KEY_CAP_MICROS: Bounds = { least: MICROS_PER_CENT, most: 1_000_000_000 * MICROS_PER_DOLLAR };
export const ORGANIZATION_CAP_MICROS: Bounds = {
  least: MICROS_PER_CENT,
  most: 1_000_000 * MICROS_PER_DOLLAR,
};
export const REQUESTS_PER_MINUTE: Bounds = { least: 1, most: 1_000_000 };

/** How long the response cache may keep an answer: at most 30 days; `usual` where nothing is said. */
export const CACHE_SECONDS = { least: 1, usual: 3_600, most: 30 * 24 * 3_600 } as const;

export const MEBIBYTE = 1024 * 1024;

/** Of a plan override. */
export const OVERRIDE_TOKENS: Bounds = { least: 1_000, most: 1_000_000_000_000_000 };
/** Stripe's smallest and largest price. */
export const OVERRIDE_PRICE_CENTS: Bounds = { least: 100, most: 99_999_999 };
