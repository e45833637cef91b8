import { type Clock, type Db, systemClock, toPublicId } from "../../platform";
import { log } from "../../platform/observability/log";
import { lapsedEmail } from "../email/billing-emails";
import { emailBillingContacts } from "../email/email-billing-contacts";
import type { Stripe } from "../stripe/stripe-client";
import { stripeOutage } from "../stripe/stripe-errors";
import { syncSubscription } from "./sync-subscription";

/**
 * Ends grace periods that have run out. Stripe sends no event after our seven days, so a job looks. Each organization
 * is handled on its own: a failure is retried by the next run and stops no other.
 */
export async function endGracePeriods(db: Db, stripe: Stripe, clock: Clock = systemClock): Promise<number> {
  const due = await db.subscription.findMany({
    where: { graceEndsAt: { lte: clock.now() }, stripeCustomerId: { not: null } },
    select: { orgId: true, stripeCustomerId: true },
  });
  let ended = 0;
  for (const { orgId, stripeCustomerId } of due) {
    if (stripeCustomerId === null) continue;
    try {
      await syncSubscription(db, stripe, stripeCustomerId, clock);
      ended += 1;
    } catch (error) {
      log().error({ err: error, org_id: toPublicId("org", orgId) }, "a grace period could not be ended yet");
      if (stripeOutage(error) !== undefined) break;
    }
  }
  await notifyLapsed(db, stripe);
  return ended;
}

/**
 * Emails organizations whose plan fell to Free over an unpaid invoice, once: the flag is cleared before the email is
 * sent, and a payment that comes first clears it too.
 */
export async function notifyLapsed(db: Db, stripe: Stripe): Promise<number> {
  const due = await db.subscription.findMany({
    where: { lapsedAt: { not: null } },
    select: { orgId: true, stripeCustomerId: true, lapsedAt: true },
  });
  let notified = 0;
  for (const { orgId, stripeCustomerId: customer, lapsedAt } of due) {
    try {
      const open = customer === null ? undefined : await oldestOpen(stripe, customer);
      const { count } = await db.subscription.updateMany({
        where: { orgId, lapsedAt },
        data: { lapsedAt: null },
      });
      if (count === 0) continue;
      await emailBillingContacts(db, orgId, lapsedEmail(open));
      notified += 1;
    } catch (error) {
      log().error(
        { err: error, org_id: toPublicId("org", orgId) },
        "a lapsed plan's email could not be sent",
      );
    }
  }
  return notified;
}

async function oldestOpen(stripe: Stripe, customer: string): Promise<Stripe.Invoice | undefined> {
  const { data } = await stripe.invoices.list({ customer, status: "open", limit: 100 });
  return data.at(-1);
}
