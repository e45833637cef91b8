import { createStripe, setUpStripe, startCheckout } from "@agathaai/core/billing";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll } from "vitest";
import { startStripe } from "../../stand-ins/stripe/start-stripe";
import { useTestStack } from "../use-test-stack";
import { type Buyer, eventCourier, makeBuyer } from "./buyers";
import { newestSubscription, payOn, type TestCard } from "./hosted-pages";

/**
 * An installation with Stripe's stand-in, its products set up, and what tests of billing ask of both.
 * Deliveries over HTTP have tests of their own: here `deliver` hands events over when a test wants them.
 */
export async function useStripeStack(env: Record<string, string> = {}) {
  const standIn = await startStripe({ port: 0 });
  const stack = await useTestStack({
    STRIPE_SECRET_KEY: "sk_test_local",
    STRIPE_API_BASE: standIn.url,
    ...env,
  });
  const stripe = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });
  beforeAll(async () => {
    await setUpStripe(stripe, { appUrl: "http://localhost:3000" });
    standIn.deliveries.outage = true;
  });
  afterAll(async () => {
    await drainAfterResponse();
    await closeDb();
    await standIn.stop();
  });

  const { fresh, deliver } = eventCourier(stripe);
  const org = ({ principal }: Pick<Buyer, "principal">) => ({ orgId: principal.orgId });
  const rowOf = (who: Buyer) => db().subscription.findUniqueOrThrow({ where: org(who) });
  const customerOf = async (who: Buyer) => (await rowOf(who)).stripeCustomerId ?? "";
  return {
    standIn,
    stack,
    stripe,
    fresh,
    deliver,
    org,
    rowOf,
    customerOf,
    /** The newest subscription as Stripe has it. */
    current: async (who: Buyer) => newestSubscription(standIn, await customerOf(who)),
    mails: ({ email }: Buyer, subject: string) =>
      stack.mailbox.messagesTo(email).filter((mail) => mail.subject.startsWith(subject)),
    /** A buyer who has paid for a plan, after its events. */
    async subscribe(plan: "pro" | "plus" = "pro", card: TestCard = "pays"): Promise<Buyer> {
      const who = await makeBuyer();
      const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan });
      await payOn(url, card, card === "confirms" ? { confirmed: "yes" } : {});
      await deliver();
      return who;
    },
  };
}
