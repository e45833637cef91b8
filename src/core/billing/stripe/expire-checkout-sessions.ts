import type { Stripe } from "./stripe-client";

/** Closes a checkout page. Returns `paid` when the customer paid first; an expired page counts as closed. */
export async function expireCheckoutSession(stripe: Stripe, id: string): Promise<"closed" | "paid"> {
  try {
    await stripe.checkout.sessions.expire(id);
    return "closed";
  } catch (error) {
    // Stripe expires only open sessions, so the error means that this one was paid or has expired.
    const { status } = await stripe.checkout.sessions.retrieve(id);
    if (status === "complete") return "paid";
    if (status === "expired") return "closed";
    throw error;
  }
}

/** Closes all open checkout pages of a customer. */
export async function expireCheckoutSessions(stripe: Stripe, customer: string): Promise<void> {
  const { data } = await stripe.checkout.sessions.list({ customer, status: "open", limit: 100 });
  for (const { id } of data) await expireCheckoutSession(stripe, id);
}
