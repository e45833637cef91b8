import type { PaidPlan } from "../../../shared/plans";
import { AppError, type Db, systemClock, toPublicId, type UserPrincipal } from "../../platform";
import { env } from "../../platform/env";
import { isLive, type StripeState } from "../entitlement/entitlement";
import { readStripeState } from "../entitlement/stripe-state";
import { refreshFromStripe, writeStripeState } from "../entitlement/sync-subscription";
import { type Due, listWrittenOff } from "../invoices/stripe-invoice";
import { findOverrideInForce } from "../overrides/override-in-force";
import { findPrice } from "../prices/plan-prices";
import { type BillingLease, withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { ensureCustomer } from "../stripe/customer";
import { expireCheckoutSession } from "../stripe/expire-checkout-sessions";
import type { Stripe } from "../stripe/stripe-client";

/** How long a checkout page stays open; Stripe's minimum is half an hour. */
const OPEN_SECONDS = 60 * 60;
/** A session with less time left than this is not reused. */
const SPARE_SECONDS = 10 * 60;

/**
 * The link to the Stripe page that sells the first subscription. An organization has one open page at a time: a second
 * click gets the same one, and another plan closes it and opens its own, so two tabs cannot pay twice.
 * @throws AppError `conflict` when a subscription is running, an override applies, or an invoice is unpaid;
 * `email_not_verified`.
 */
export async function startCheckout(
  db: Db,
  stripe: Stripe,
  { principal, plan }: { principal: UserPrincipal; plan: PaidPlan },
): Promise<{ url: string }> {
  if (!principal.emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your email first. Plans are for live keys, and live keys need a verified email.",
    });
  }
  const { orgId, userId } = principal;
  const session = await withBillingLease(db, orgId, async (lease) => {
    await assertNoOverride(db, orgId);
    const { customer, state } = await knownCustomer(db, stripe, lease, userId);
    const write = () => writeUnderLease(db, lease, (tx) => writeStripeState(tx, { orgId, customer, state }));
    if (state.subscriptions.some(isLive)) {
      // An event is late and the page showed old data. Writing the state first makes its next read correct.
      await write();
      return undefined;
    }
    await assertNothingOwed(stripe, { customer, due: state.due }, write);
    const open = await reuseOrClose(stripe, customer, plan);
    if (open === "paid") {
      await refreshFromStripe(db, stripe, lease, customer);
      return undefined;
    }
    return open ?? (await openSession(stripe, { lease, customer, plan }));
  });
  if (session === undefined) {
    throw new AppError("conflict", {
      public: "Your organization already has a subscription. Change its plan instead.",
    });
  }
  if (session.url === null) throw new Error("Stripe opened a checkout session without an address");
  return { url: session.url };
}

async function assertNoOverride(db: Db, orgId: string): Promise<void> {
  if ((await findOverrideInForce(db, orgId, systemClock.now())) === null) return;
  throw new AppError("conflict", {
    public:
      "Your organization’s plan is set by an agreement with us. Email support@agathaai.com to change it.",
  });
}

/** The organization's customer, read from Stripe now. One that Stripe does not know is removed and created anew. */
async function knownCustomer(
  db: Db,
  stripe: Stripe,
  lease: BillingLease,
  userId: string,
): Promise<{ customer: string; state: StripeState }> {
  const customer = await ensureCustomer(db, stripe, lease, { userId });
  const state = await readStripeState(stripe, customer);
  if (state.known) return { customer, state };
  await writeUnderLease(db, lease, (tx) => writeStripeState(tx, { orgId: lease.orgId, customer, state }));
  const anew = await ensureCustomer(db, stripe, lease, { userId });
  return { customer: anew, state: await readStripeState(stripe, anew) };
}

/** Debts are paid before a new plan is bought. The debt is written first, so that the page shows where to pay. */
async function assertNothingOwed(
  stripe: Stripe,
  { customer, due }: { customer: string; due: Due | null },
  write: () => Promise<unknown>,
): Promise<void> {
  const [writtenOff] = due === null ? await listWrittenOff(stripe, customer) : [];
  const number = due?.number ?? writtenOff?.number;
  if (due === null && writtenOff === undefined) return;
  await write();
  throw new AppError("conflict", {
    public: `Invoice ${number ?? ""} is not paid yet. Pay it first, under Invoices.`.replace("  ", " "),
  });
}

/** The open session for this plan, or `paid` when one was paid meanwhile. Sessions for other plans are closed. */
async function reuseOrClose(
  stripe: Stripe,
  customer: string,
  plan: PaidPlan,
): Promise<Stripe.Checkout.Session | "paid" | undefined> {
  const { data } = await stripe.checkout.sessions.list({ customer, status: "open", limit: 100 });
  const usable = (session: Stripe.Checkout.Session) =>
    session.metadata?.plan === plan && session.expires_at > Date.now() / 1_000 + SPARE_SECONDS;
  const kept = data.find(usable);
  for (const { id } of data.filter((session) => session !== kept)) {
    if ((await expireCheckoutSession(stripe, id)) === "paid") return "paid";
  }
  return kept;
}

async function openSession(
  stripe: Stripe,
  { lease: { orgId, holder }, customer, plan }: { lease: BillingLease; customer: string; plan: PaidPlan },
): Promise<Stripe.Checkout.Session> {
  const page = new URL("/billing", env().APP_URL).href;
  const metadata = { org_id: toPublicId("org", orgId), plan };
  return stripe.checkout.sessions.create(
    {
      mode: "subscription",
      customer,
      line_items: [{ price: await findPrice(stripe, plan), quantity: 1 }],
      success_url: `${page}?checkout=done`,
      cancel_url: `${page}?checkout=left`,
      expires_at: Math.floor(Date.now() / 1_000) + OPEN_SECONDS,
      allow_promotion_codes: true,
      tax_id_collection: { enabled: true },
      billing_address_collection: "auto",
      // Tax needs an address, and Stripe refuses a customer without one unless the page may save what is typed.
      customer_update: { name: "auto", address: "auto" },
      ...(env().STRIPE_AUTOMATIC_TAX ? { automatic_tax: { enabled: true } } : {}),
      metadata,
      subscription_data: { metadata },
    },
    // Unique to this lease: a retry whose first response was lost opens no second page.
    { idempotencyKey: `checkout-${holder}` },
  );
}
