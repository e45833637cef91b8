/** Stripe's objects as the stand-in stores them: the fields that the product reads, under Stripe's names. */

export type Metadata = Record<string, string>;
