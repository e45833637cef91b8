import { beforeEach } from "vitest";
import type { Buyer } from "../../../../../infra/testing/stripe/buyers";
import { actOnPortal } from "../../../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../../../infra/testing/stripe/use-stripe-stack";
import { db } from "../../../platform/db/client";
import { getBilling, openCustomerPortal, startCheckout } from "../..";

/** Buyers at Stripe's stand-in, and what happens to their subscriptions. */

export const { standIn, stack, stripe, deliver, org, rowOf, customerOf, current, mails, subscribe } =
  await useStripeStack();
export const { world, state } = standIn;
beforeEach(() => {
  state.after_retries = "cancel";
});

export const billing = (who: Buyer) => getBilling(db(), org(who));
export const incidents = (who: Buyer) =>
  db().billingIncident.findMany({ where: org(who), orderBy: { createdAt: "asc" } });
export const checkout = (who: Buyer, plan: "pro" | "plus" = "pro") =>
  startCheckout(db(), stripe, { principal: who.principal, plan });

export async function portal(who: Buyer, action: string, fields: Record<string, string>) {
  const { url } = await openCustomerPortal(db(), stripe, org(who));
  await actOnPortal(url, action, fields);
  await deliver();
}

export async function pastDue(who: Buyer): Promise<void> {
  for (let days = 0; (await current(who)).status !== "past_due"; days++) {
    if (days > 40) throw new Error("never past due");
    standIn.advance({ days: 1 });
  }
  await deliver();
}

export async function answerBank(url: string | null | undefined): Promise<void> {
  await fetch(`${url}/confirm`, {
    method: "POST",
    body: new URLSearchParams({ confirmed: "yes" }),
    redirect: "manual",
  });
  await deliver();
}

export const latestInvoice = async (who: Buyer) =>
  world.find(state.invoices, (await current(who)).latest_invoice ?? "", "invoice");
