import { expect, it } from "vitest";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { db } from "../../platform/db/client";
import { followEmailAtStripe } from "..";

const { stripe, subscribe, customerOf } = await useStripeStack();

const to = "ada.new@example.org";

it("a changed email takes the place of the old one at Stripe, and of no other", async () => {
  const [who, byHand] = [await subscribe(), await subscribe()];
  const emailAt = async (id: string) => {
    const customer = await stripe.customers.retrieve(id);
    return customer.deleted ? undefined : customer.email;
  };
  const [own, other] = [await customerOf(who), await customerOf(byHand)];
  expect(await emailAt(own)).toBe(who.email);
  await followEmailAtStripe(db(), { userId: who.principal.userId, from: who.email, to });
  expect(await emailAt(own)).toBe(to);
  await stripe.customers.update(other, { email: "invoices@example.org" });
  await followEmailAtStripe(db(), { userId: byHand.principal.userId, from: byHand.email, to });
  expect(await emailAt(other)).toBe("invoices@example.org");
});
