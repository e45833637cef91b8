import { AppError, type Db } from "../../platform";
import { env } from "../../platform/env";
import { syncSubscription } from "../entitlement/sync-subscription";
import { isOurs } from "../setup/set-up-stripe";
import { findCustomerId } from "./customer";
import type { Stripe } from "./stripe-client";
import { isUnknownCustomer } from "./stripe-errors";

/** A link to Stripe's page for cards, tax ID, address and invoices. It works for a few minutes. */
export async function openCustomerPortal(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<{ url: string }> {
  const customer = await findCustomerId(db, orgId);
  if (customer === undefined) throw nothingToManage();
  const { data } = await stripe.billingPortal.configurations.list({ active: true, limit: 100 });
  const configuration = data.find(isOurs)?.id;
  const session = {
    customer,
    return_url: new URL("/billing", env().APP_URL).href,
    ...(configuration === undefined ? {} : { configuration }),
  };
  try {
    return { url: (await stripe.billingPortal.sessions.create(session)).url };
  } catch (error) {
    if (!isUnknownCustomer(error)) throw error;
    await syncSubscription(db, stripe, customer);
    throw nothingToManage();
  }
}

function nothingToManage(): AppError {
  return new AppError("conflict", { public: "There is nothing to manage yet. Choose a plan first." });
}
