import type { Invoice, Subscription } from "../objects/objects";
import type { World } from "../world";

type Totals = Pick<
  Invoice,
  | "subtotal"
  | "subtotal_excluding_tax"
  | "discounts"
  | "total_discount_amounts"
  | "total_excluding_tax"
  | "total_taxes"
  | "total"
  | "starting_balance"
  | "amount_due"
  | "amount_remaining"
>;

/** The sum of the lines, after coupons, with automatic tax, less the customer's credit. */
export function totalsOf(world: World, subscription: Subscription, lines: Invoice["lines"]["data"]): Totals {
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const total_discount_amounts = discountsOf(world, subscription, subtotal);
  const given = total_discount_amounts.reduce((sum, { amount }) => sum + amount, 0);
  const net = subtotal - given;
  const tax = subscription.automatic_tax.enabled ? Math.round((net * world.state.tax_percent) / 100) : 0;
  const total = net + tax;
  const starting_balance = world.state.customers[subscription.customer]?.balance ?? 0;
  const due = Math.max(0, total + Math.min(0, starting_balance));
  return {
    subtotal,
    subtotal_excluding_tax: subtotal,
    discounts: total_discount_amounts.map(({ discount }) => discount),
    total_discount_amounts,
    total_excluding_tax: net,
    total_taxes: subscription.automatic_tax.enabled
      ? [
          {
            amount: tax,
            tax_behavior: "exclusive",
            tax_rate_details: null,
            taxability_reason: "standard_rated",
            taxable_amount: net,
            type: "tax_rate_details",
          },
        ]
      : [],
    total,
    starting_balance,
    amount_due: due,
    amount_remaining: due,
  };
}

/** A percentage applies to credits as well; a fixed amount never exceeds the sum. */
function discountsOf(
  world: World,
  { discounts }: Subscription,
  subtotal: number,
): Invoice["total_discount_amounts"] {
  return discounts.flatMap((id) => {
    const discount = world.state.discounts[id];
    const coupon = world.state.coupons[discount?.source.coupon ?? ""];
    if (discount === undefined || coupon === undefined) return [];
    if (discount.end !== null && discount.end <= world.now()) return [];
    const amount =
      coupon.percent_off === null
        ? Math.min(Math.max(0, subtotal), coupon.amount_off ?? 0)
        : Math.round((subtotal * coupon.percent_off) / 100);
    return [{ amount, discount: id }];
  });
}
