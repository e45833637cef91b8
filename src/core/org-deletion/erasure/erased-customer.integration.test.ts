import { afterAll, describe, expect, it } from "vitest";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { flushAudit } from "../../audit";
import { createStripe } from "../../billing";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { db } from "../../platform/db/client";
import { evidenceStorage, storage } from "../../platform/storage";
import { completeErasures, eraseAccount, getErasure } from "..";

const { standIn, stripe, customerOf, subscribe } = await useStripeStack();

afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  evidenceStorage().close();
});

describe("the customer at Stripe of somebody who is erased", () => {
  it("is deleted with their subscription, and until then the erasure is not certified", async () => {
    const who = await subscribe("pro");
    const { orgId, userId } = who.principal;
    const customer = await customerOf(who);
    const { receipt } = await eraseAccount(db(), { principal: who.principal, input: { email: who.email } });
    const subscriptions = Object.values(standIn.state.subscriptions).filter(
      (one) => one.customer === customer,
    );
    expect(subscriptions.map(({ status }) => status)).toEqual(["canceled"]);

    // The organization has a row of its own; the person's needs nothing of Stripe.
    const away = createStripe({ secretKey: "sk_test_away", apiBase: "http://127.0.0.1:1" });
    await completeErasures(db(), { stripe: away });
    const ofOrg = await db().erasure.findFirstOrThrow({ where: { subjectId: orgId } });
    expect(ofOrg).toMatchObject({ hadCustomer: true, completedAt: null, certificate: null });
    expect(standIn.state.customers_deleted).not.toContain(customer);

    expect(await completeErasures(db(), { stripe })).toBe(1);
    expect(standIn.state.customers_deleted).toContain(customer);
    const done = await db().erasure.findFirstOrThrow({ where: { subjectId: orgId } });
    expect(done.certificate).toMatchObject({ payment_provider: "deleted" });
    expect((await getErasure(db(), { receipt })).status).toBe("complete");
    expect(await db().subscription.findUnique({ where: { orgId } })).toMatchObject({
      stripeCustomerId: null,
      stripeSubscriptionId: null,
    });
    expect(await db().user.findUnique({ where: { id: userId } })).toMatchObject({ passwordHash: null });
  });
});
