import type { Db } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import { log } from "../../platform/observability/log";
import { lapsedEmail } from "../email/billing-emails";
import { emailBillingContacts } from "../email/email-billing-contacts";
import type { Stripe } from "../stripe/stripe-client";

/**
 * Writes to those whose plan fell to Free over an unpaid invoice. Once: the mark is taken before the mail goes out, and
 * a payment that comes first takes it away.
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
      log().error({ err: error, org_id: toPublicId("org", orgId) }, "a lapsed plan could not be told of");
    }
  }
  return notified;
}

async function oldestOpen(stripe: Stripe, customer: string): Promise<Stripe.Invoice | undefined> {
  const { data } = await stripe.invoices.list({ customer, status: "open", limit: 100 });
  return data.at(-1);
}
