import { expect, it } from "vitest";
import { makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { newId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import { renderMetrics } from "../../platform/observability/metrics-export/render-metrics";
import { queue } from "../../platform/queue/queue";
import { billingGauges, processStripeEvent, reconcileBilling } from "..";

const { stripe, subscribe, customerOf, rowOf } = await useStripeStack({
  CELL: "us",
  CELLS: "us=http://localhost:3000|United States,eu=https://eu.example.com|Europe",
});

it("a customer carries its cell, and its events change its plan", async () => {
  const who = await subscribe("pro");
  expect(await rowOf(who)).toMatchObject({ plan: "pro" });
  expect(await stripe.customers.retrieve(await customerOf(who))).toMatchObject({ metadata: { cell: "us" } });
});

it("an event of another cell's customer is taken, counted, changes nothing, and its customer is not kept", async () => {
  const who = await makeBuyer();
  const orgId = who.principal.orgId;
  // Of another cell, although its organization's ID exists here too: the cell decides.
  const metadata = { org_id: toPublicId("org", orgId), cell: "eu" };
  const { id: customer } = await stripe.customers.create({ email: who.email, metadata });
  const event = {
    id: "evt_of_another_cell",
    type: "customer.subscription.updated",
    data: { object: { id: "sub_of_another_cell", object: "subscription", customer } },
  };
  expect(await processStripeEvent(db(), stripe, event as never)).toBe("processed");
  expect(await processStripeEvent(db(), stripe, event as never)).toBe("repeated");
  expect(await renderMetrics({ db: db(), queue: queue() }, [billingGauges])).toContain(
    "agatha_stripe_other_cell_events_total 1\n",
  );
  expect(await db().stripeEvent.findUniqueOrThrow({ where: { id: event.id } })).toMatchObject({
    customerId: null,
    objectId: null,
    processedAt: expect.any(Date),
  });
  expect(await rowOf(who)).toMatchObject({ stripeCustomerId: null, plan: "free" });
});

it("a customer of this cell whose row a failover lost gets it back with the next reconciliation, and its plan", async () => {
  const who = await subscribe("pro");
  const customer = await customerOf(who);
  // What a standby had not taken: the purchase, and that its events were processed.
  await db().subscription.delete({ where: { orgId: who.principal.orgId } });
  await db().stripeEvent.deleteMany({ where: { customerId: customer } });
  await db().billingCheckpoint.deleteMany();
  expect((await reconcileBilling(db(), stripe)).repaired).toBeGreaterThan(0);
  expect(await rowOf(who)).toMatchObject({ stripeCustomerId: customer, plan: "pro" });
});

it("an organization that has another customer by now keeps it", async () => {
  const who = await subscribe("pro");
  const metadata = { org_id: toPublicId("org", who.principal.orgId), cell: "us" };
  const { id: other } = await stripe.customers.create({ email: who.email, metadata });
  const mine = await customerOf(who);
  const event = {
    id: `evt_${newId()}`,
    type: "customer.subscription.updated",
    data: { object: { id: "sub_x", object: "subscription", customer: other } },
  };
  expect(await processStripeEvent(db(), stripe, event as never)).toBe("processed");
  expect(await customerOf(who)).toBe(mine);
});
