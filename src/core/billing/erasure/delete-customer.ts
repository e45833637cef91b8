import type { Db } from "../../platform";
import type { Stripe } from "../stripe/stripe-client";
import { unlessMissing } from "../stripe/stripe-errors";
import { partWithCustomer } from "./part-with-customer";

/**
 * Deletes an erased organization's customer at Stripe, with name, address and cards; invoices and payments keep the names that they
 * were made with. Subscriptions are ended before. Safe to repeat: a customer who is gone counts as deleted.
 */
export async function deleteCustomer(db: Db, stripe: Stripe, { orgId }: { orgId: string }): Promise<void> {
  await partWithCustomer(db, stripe, orgId, (customer) => deleteAtStripe(stripe, customer));
}

/** For a customer that no organization has any more. */
export async function deleteAtStripe(stripe: Stripe, customer: string): Promise<void> {
  await stripe.customers.del(customer).catch(unlessMissing);
}
