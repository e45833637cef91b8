import type { Db } from "../../platform";
import type { Stripe } from "../stripe/stripe-client";
import { unlessMissing } from "../stripe/stripe-errors";
import { partWithCustomer } from "./part-with-customer";

/**
 * Takes name, email, address, tax IDs and cards from an erased organization's customer at Stripe, who stays as an ID that can be
 * redacted: Stripe does not say whether it redacts one that was deleted. Safe to repeat.
 */
export async function emptyCustomer(db: Db, stripe: Stripe, { orgId }: { orgId: string }): Promise<void> {
  await partWithCustomer(db, stripe, orgId, async (customer) => {
    const emptied = await stripe.customers
      .update(customer, { email: "", name: "", phone: "", address: "", shipping: "" })
      .catch(unlessMissing);
    if (emptied === undefined) return;
    for await (const { id } of stripe.taxIds.list({ owner: { type: "customer", customer } }))
      await stripe.taxIds.del(id).catch(unlessMissing);
    for await (const { id } of stripe.paymentMethods.list({ customer }))
      await stripe.paymentMethods.detach(id).catch(unlessMissing);
  });
}
