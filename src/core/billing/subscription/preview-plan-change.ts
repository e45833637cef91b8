import type { PaidPlan } from "../../../shared/plans";
import type { Db } from "../../platform";
import { isOverageLine, labelOfLine } from "../invoices/stripe-invoice";
import { discountOf, readRecurringPrice, taxOf } from "../prices/get-current-price";
import { findPrice, microsOfCents } from "../prices/plan-prices";
import type { PlanChangePreview } from "../schemas";
import { stripeCache } from "../stripe/stripe-cache";
import type { Stripe } from "../stripe/stripe-client";
import { findLiveSubscription, kindOfChange, prorationSeconds } from "./live-subscription";

/** Metered usage is billed with the period whatever the plan, so an empty line about it would only confuse. */
const isPartOfChange = (line: Stripe.InvoiceLineItem) => !isOverageLine(line) || line.amount !== 0;

/**
 * What a change would cost today and when it would start. Asks Stripe at most once in some seconds; changes nothing.
 */
export function previewPlanChange(
  db: Db,
  stripe: Stripe,
  choice: { orgId: string; plan: PaidPlan },
): Promise<PlanChangePreview> {
  return stripeCache().previews.get(`${choice.orgId} ${choice.plan}`, () => preview(db, stripe, choice));
}

async function preview(
  db: Db,
  stripe: Stripe,
  { orgId, plan }: { orgId: string; plan: PaidPlan },
): Promise<PlanChangePreview> {
  const live = await findLiveSubscription(db, stripe, orgId);
  const { subscription, item } = live;
  const kind = kindOfChange(live, plan);
  const periodEnd = new Date(item.current_period_end * 1_000).toISOString();
  const price = await findPrice(stripe, plan);
  const { monthly_micros, tax_micros } = await readRecurringPrice(
    stripe,
    live,
    kind === "keep" ? undefined : price,
  );
  const monthly = { monthly_micros, monthly_tax_micros: tax_micros };
  if (kind !== "upgrade") {
    const effective_at = kind === "keep" ? null : periodEnd;
    return { kind, plan, effective_at, due_now_micros: 0, ...monthly, lines: [], priced_at: null };
  }
  const at = prorationSeconds(live, undefined);
  const invoice = await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: {
      items: [{ id: item.id, price }],
      proration_behavior: "always_invoice",
      proration_date: at,
    },
  });
  return {
    kind,
    plan,
    effective_at: null,
    due_now_micros: microsOfCents(invoice.amount_due),
    ...monthly,
    lines: linesOf(invoice),
    priced_at: new Date(at * 1_000).toISOString(),
  };
}

/** The lines that add up to the amount due. */
function linesOf(invoice: Stripe.Invoice): PlanChangePreview["lines"] {
  const line = (description: string, cents: number) =>
    cents === 0 ? [] : [{ description, amount_micros: microsOfCents(cents) }];
  return [
    ...invoice.lines.data.filter(isPartOfChange).map((one) => ({
      description: labelOfLine(one) ?? "",
      amount_micros: microsOfCents(one.amount),
    })),
    ...line("Discount", -discountOf(invoice)),
    ...line("Tax", taxOf(invoice)),
    ...line("Account credit", Math.min(0, invoice.amount_due - invoice.total)),
  ];
}
