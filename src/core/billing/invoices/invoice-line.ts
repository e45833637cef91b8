import { formatDay } from "../../../shared/time";
import { OVERAGE_PRODUCT } from "../prices/overage-price";
import type { Stripe } from "../stripe/stripe-client";

export function isOverageLine({ pricing }: Stripe.InvoiceLineItem): boolean {
  return pricing?.price_details?.product === OVERAGE_PRODUCT;
}

/** A line in words. Stripe writes metered usage as a count of micro-dollars, which says nothing to anybody. */
export function labelOfLine(line: Stripe.InvoiceLineItem): string | null {
  if (!isOverageLine(line)) return line.description;
  const { start, end } = line.period;
  return `Tokens beyond the plan, ${day(start)} to ${day(end)}`;
}

function day(seconds: number): string {
  return formatDay(new Date(seconds * 1_000));
}
