import type { Stripe } from "../stripe/stripe-client";

export type PhaseParams = Stripe.SubscriptionScheduleUpdateParams.Phase;

/**
 * The phases of a schedule from the one that runs now on, as they are to be sent back: what an update leaves out of a
 * phase, Stripe takes out of it.
 */
export function phasesOf({ phases, current_phase }: Stripe.SubscriptionSchedule): PhaseParams[] {
  const from = current_phase?.start_date ?? 0;
  return phases
    .filter(({ end_date }) => end_date > from)
    .map(({ items, start_date, end_date, metadata, discounts }) => ({
      items: items.map(({ price, quantity }) => ({
        price: typeof price === "string" ? price : price.id,
        // Absent where usage is metered, and refused there.
        ...(quantity === undefined ? {} : { quantity }),
      })),
      start_date,
      end_date,
      proration_behavior: "none",
      ...(metadata === null ? {} : { metadata }),
      // A promotion code goes on counting.
      ...(discounts.length === 0 ? {} : { discounts: discounts.map(sameDiscount) }),
    }));
}

function sameDiscount({ discount, promotion_code, coupon }: Stripe.SubscriptionSchedule.Phase.Discount) {
  const idOf = (one: string | { id: string }) => (typeof one === "string" ? one : one.id);
  if (discount !== null) return { discount: idOf(discount) };
  if (promotion_code !== null) return { promotion_code: idOf(promotion_code) };
  return coupon === null ? {} : { coupon: idOf(coupon) };
}
