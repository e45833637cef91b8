import type { InvoiceLine, Price } from "../objects/objects";
import type { World } from "../world";

/** The price of a quantity in whole cents, half a cent rounded up; exact however small the unit price. */
export function centsFor({ unit_amount, unit_amount_decimal }: Price, quantity: number): number {
  const [whole = "0", part = ""] = String(unit_amount ?? unit_amount_decimal).split(".");
  const scale = 10n ** BigInt(part.length);
  return Number((BigInt(whole + part) * BigInt(quantity) * 2n + scale) / (2n * scale));
}

/** The unit price in dollars: "$29.00", "$0.000001". */
export function dollars({ unit_amount, unit_amount_decimal }: Price): string {
  const cents = unit_amount ?? Number(unit_amount_decimal);
  return `$${(cents / 100).toFixed(Number.isInteger(cents) ? 2 : 6)}`;
}

export function lineOf(
  world: World,
  price: Price,
  { description, period, quantity = 1 }: Pick<InvoiceLine, "description" | "period"> & { quantity?: number },
): InvoiceLine {
  return {
    id: world.id("il"),
    object: "line_item",
    amount: centsFor(price, quantity),
    currency: price.currency,
    description,
    period,
    quantity,
    pricing: {
      type: "price_details",
      price_details: { price: price.id, product: price.product },
      unit_amount_decimal: price.unit_amount_decimal ?? String(price.unit_amount),
    },
    metadata: {},
  };
}
