import { afterAll, beforeAll, expect, test } from "vitest";
import { startStripe } from "../../../../infra/stand-ins/stripe/start-stripe";
import { eventCourier, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { startStripeProxy } from "../../../../infra/testing/stripe/stripe-proxy";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { closeDb, db } from "../../platform/db/client";
import {
  changePlan,
  createStripe,
  getCurrentPrice,
  listInvoices,
  previewPlanChange,
  setUpStripe,
  startCheckout,
} from "..";

const standIn = await startStripe({ port: 0 });
const wire = await startStripeProxy(standIn.url);
await useTestStack({ STRIPE_SECRET_KEY: "sk_test_local", STRIPE_API_BASE: wire.url });
const stripe = createStripe({ secretKey: "sk_test_local", apiBase: wire.url });
const { deliver } = eventCourier(stripe);

beforeAll(async () => {
  standIn.deliveries.outage = true;
  await setUpStripe(stripe, { appUrl: "http://localhost:3000" });
});
afterAll(async () => {
  await closeDb();
  await wire.stop();
  await standIn.stop();
});

async function subscriber() {
  const who = await makeBuyer();
  const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
  await payOn(url);
  await deliver();
  return { orgId: who.principal.orgId };
}

test("a billing page that is loaded repeatedly asks Stripe once in a few seconds for each organization", async () => {
  const [one, other] = [await subscriber(), await subscriber()];
  const load = async (org: { orgId: string }) => {
    wire.calls.length = 0;
    const invoices = await listInvoices(db(), stripe, { ...org, input: { limit: 12 } });
    await getCurrentPrice(db(), stripe, org);
    await previewPlanChange(db(), stripe, { ...org, plan: "plus" });
    return { calls: wire.calls.length, invoices: invoices.data.map(({ id }) => id) };
  };
  const first = await load(one);
  expect(first.calls).toBeGreaterThan(2);
  expect(await load(one)).toEqual({ ...first, calls: 0 });
  const others = await load(other);
  expect(others.calls).toBe(first.calls);
  expect(others.invoices).not.toEqual(first.invoices);
});

test("a change made here shows at once", async () => {
  const org = await subscriber();
  const before = await getCurrentPrice(db(), stripe, org);
  expect((await listInvoices(db(), stripe, { ...org, input: { limit: 12 } })).data).toHaveLength(1);
  await changePlan(db(), stripe, { ...org, plan: "plus", pricedAt: undefined });
  expect((await listInvoices(db(), stripe, { ...org, input: { limit: 12 } })).data).toHaveLength(2);
  expect((await getCurrentPrice(db(), stripe, org)).monthly_micros).toBeGreaterThan(before.monthly_micros);
});
