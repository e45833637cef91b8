import { afterAll, describe, expect, it } from "vitest";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { flushAudit } from "../../audit";
import { createStripe } from "../../billing";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { db } from "../../platform/db/client";
import { evidenceStorage, storage } from "../../platform/storage";
import { completeErasures, eraseAccount, getErasure, redactCustomers } from "..";

const { standIn, stripe, customerOf, subscribe } = await useStripeStack();

afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  evidenceStorage().close();
});

describe("the customer at Stripe of somebody who is erased, where the account has no redaction jobs", () => {
  it("is deleted with their subscription; until then no erasure is certified, and then it says what Stripe keeps", async () => {
    const who = await subscribe("pro");
    const { orgId, userId } = who.principal;
    const customer = await customerOf(who);
    const { receipt } = await eraseAccount(db(), { principal: who.principal, input: { email: who.email } });
    const subscriptions = Object.values(standIn.state.subscriptions).filter(
      (one) => one.customer === customer,
    );
    expect(subscriptions.map(({ status }) => status)).toEqual(["canceled"]);

    // The person's certificate waits for that of their personal organization, because it speaks of its customer.
    const away = createStripe({ secretKey: "sk_test_away", apiBase: "http://127.0.0.1:1" });
    expect(await completeErasures(db(), { stripe: away })).toBe(0);
    const ofOrg = await db().erasure.findFirstOrThrow({ where: { subjectId: orgId } });
    expect(ofOrg).toMatchObject({ hadCustomer: true, completedAt: null, certificate: null });
    expect(standIn.state.customers_deleted).not.toContain(customer);
    expect((await getErasure(db(), { receipt })).status).toBe("in_progress");

    expect(await completeErasures(db(), { stripe })).toBe(2);
    expect(standIn.state.customers_deleted).toContain(customer);
    expect(standIn.state.redaction_jobs).toEqual({});
    const done = await db().erasure.findFirstOrThrow({ where: { subjectId: orgId } });
    expect(done.certificate).toMatchObject({ payment_provider: "deleted" });
    expect(await getErasure(db(), { receipt })).toMatchObject({
      status: "complete",
      certificate: {
        subject: "person",
        payment_provider: "deleted",
        payment_provider_keeps: expect.stringContaining("Invoices and payments stay there"),
      },
    });
    expect(await db().subscription.findUnique({ where: { orgId } })).toMatchObject({
      stripeCustomerId: null,
      stripeSubscriptionId: null,
    });
    expect(await db().user.findUnique({ where: { id: userId } })).toMatchObject({ passwordHash: null });
    expect(await redactCustomers(db(), { stripe })).toBe(0);
  });
});
