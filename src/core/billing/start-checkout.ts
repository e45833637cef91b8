import { systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { env } from "../platform/env";
import { AppError } from "../platform/errors";
import { toPublicId } from "../platform/ids";
import type { UserPrincipal } from "../platform/principal";
import { inTurn } from "./billing-turn";
import { ensureCustomer } from "./ensure-customer";
import { isLive } from "./entitlement";
import { findOverrideInForce } from "./override-in-force";
import type { PaidPlan } from "./paid-plans";
import { findPrice } from "./prices";
import type { Stripe } from "./stripe-client";
import { refreshTruth } from "./sync-subscription";

/** A page that stays open this long is still paid on; Stripe's own shortest is half an hour. */
const OPEN_SECONDS = 60 * 60;
/** A session with less left than this is not handed out again. */
const SPARE_SECONDS = 10 * 60;

/**
 * The address of Stripe's page on which a first subscription is paid. An organization has one open page at a time: a
 * second click gets the same one, another plan closes it and opens its own, so that two tabs cannot pay twice.
 * @throws AppError `conflict` when a subscription lives already or a plan was agreed on, `email_not_verified`.
 */
export async function startCheckout(
  db: Db,
  stripe: Stripe,
  { principal, plan }: { principal: UserPrincipal; plan: PaidPlan },
): Promise<{ url: string }> {
  if (!principal.emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your e-mail address first: a plan is for live keys, and those need it.",
    });
  }
  const { orgId, userId } = principal;
  const session = await inTurn(db, orgId, async (turn) => {
    await assertNothingAgreed(db, orgId);
    const customer = await ensureCustomer(db, stripe, turn, { userId });
    const { data } = await stripe.subscriptions.list({ customer, limit: 100 });
    if (data.some(isLive)) {
      // The page that asked did not know: an event is late. What it reads next is true.
      await refreshTruth(db, stripe, turn, customer);
      return undefined;
    }
    const open = await reuseOrExpire(stripe, customer, plan);
    return open ?? (await openSession(stripe, { orgId, customer, plan }));
  });
  if (session === undefined) {
    throw new AppError("conflict", {
      public: "Your organization has a subscription already. Change its plan instead.",
    });
  }
  if (session.url === null) throw new Error("Stripe opened a checkout session without an address");
  return { url: session.url };
}

async function assertNothingAgreed(db: Db, orgId: string): Promise<void> {
  if ((await findOverrideInForce(db, orgId, systemClock.now())) === null) return;
  throw new AppError("conflict", {
    public: "Your organization’s plan was agreed on with us. Write to support@agathaai.com to change it.",
  });
}

async function reuseOrExpire(
  stripe: Stripe,
  customer: string,
  plan: PaidPlan,
): Promise<Stripe.Checkout.Session | undefined> {
  const { data } = await stripe.checkout.sessions.list({ customer, status: "open", limit: 100 });
  const usable = (session: Stripe.Checkout.Session) =>
    session.metadata?.plan === plan && session.expires_at > Date.now() / 1_000 + SPARE_SECONDS;
  const kept = data.find(usable);
  for (const { id } of data.filter((session) => session !== kept)) await stripe.checkout.sessions.expire(id);
  return kept;
}

async function openSession(
  stripe: Stripe,
  { orgId, customer, plan }: { orgId: string; customer: string; plan: PaidPlan },
): Promise<Stripe.Checkout.Session> {
  const page = new URL("/billing", env().APP_URL).href;
  const metadata = { org_id: toPublicId("org", orgId), plan };
  return stripe.checkout.sessions.create({
    mode: "subscription",
    customer,
    line_items: [{ price: await findPrice(stripe, plan), quantity: 1 }],
    success_url: `${page}?checkout=done`,
    cancel_url: `${page}?checkout=left`,
    expires_at: Math.floor(Date.now() / 1_000) + OPEN_SECONDS,
    allow_promotion_codes: true,
    tax_id_collection: { enabled: true },
    billing_address_collection: "auto",
    // Tax needs an address, and Stripe refuses it for a customer without one unless the page may keep what is typed.
    customer_update: { name: "auto", address: "auto" },
    ...(env().STRIPE_AUTOMATIC_TAX ? { automatic_tax: { enabled: true } } : {}),
    metadata,
    subscription_data: { metadata },
  });
}
