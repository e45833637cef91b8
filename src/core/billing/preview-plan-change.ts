import type { Db } from "../platform/db";
import { isOverageLine, wordsOfLine } from "./invoice-line";
import { findLiveSubscription } from "./live-subscription";
import { centsOf, microsOfCents, type PaidPlan } from "./paid-plans";
import { kindOfChange, prorationSeconds } from "./plan-change";
import { findPrice } from "./prices";
import type { PlanChangePreview } from "./schemas";
import type { Stripe } from "./stripe-client";

/** Metered usage is billed with the period, whatever the plan: a line of nothing about it would only confuse. */
const isPartOfChange = (line: Stripe.InvoiceLineItem) => !isOverageLine(line) || line.amount !== 0;

/** What a change would cost today and when it would begin. Changes nothing. */
export async function previewPlanChange(
  db: Db,
  stripe: Stripe,
  { orgId, plan }: { orgId: string; plan: PaidPlan },
): Promise<PlanChangePreview> {
  const live = await findLiveSubscription(db, stripe, orgId);
  const { subscription, item } = live;
  const kind = kindOfChange(live, plan);
  const periodEnd = new Date(item.current_period_end * 1_000).toISOString();
  const monthly_micros = microsOfCents(centsOf(plan));
  if (kind !== "upgrade") {
    const effective_at = kind === "keep" ? null : periodEnd;
    return { kind, plan, effective_at, due_now_micros: 0, monthly_micros, lines: [], priced_at: null };
  }
  const at = prorationSeconds(live, undefined);
  const invoice = await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: {
      items: [{ id: item.id, price: await findPrice(stripe, plan) }],
      proration_behavior: "always_invoice",
      proration_date: at,
    },
  });
  return {
    kind,
    plan,
    effective_at: null,
    due_now_micros: microsOfCents(invoice.amount_due),
    monthly_micros,
    lines: invoice.lines.data.filter(isPartOfChange).map((line) => ({
      description: wordsOfLine(line) ?? "",
      amount_micros: microsOfCents(line.amount),
    })),
    priced_at: new Date(at * 1_000).toISOString(),
  };
}
