/** What the stand-in keeps of each of Stripe's objects: the fields that the product reads, under Stripe's own names. */

export type Metadata = Record<string, string>;
