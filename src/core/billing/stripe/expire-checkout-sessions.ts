import type { Stripe } from "./stripe-client";

/** Closes a payment page. `paid` when its customer was faster; one that has run out is closed. */
export async function expireCheckoutSession(stripe: Stripe, id: string): Promise<"closed" | "paid"> {
  try {
    await stripe.checkout.sessions.expire(id);
    return "closed";
  } catch (error) {
    // Stripe closes only what is open: what has become of it?
    const { status } = await stripe.checkout.sessions.retrieve(id);
    if (status === "complete") return "paid";
    if (status === "expired") return "closed";
    throw error;
  }
}

/** Closes all of a customer's open payment pages. */
export async function expireCheckoutSessions(stripe: Stripe, customer: string): Promise<void> {
  const { data } = await stripe.checkout.sessions.list({ customer, status: "open", limit: 100 });
  for (const { id } of data) await expireCheckoutSession(stripe, id);
}
