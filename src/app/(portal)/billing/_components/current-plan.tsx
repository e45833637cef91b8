"use client";

import { useQuery } from "@tanstack/react-query";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { isByAgreement } from "@/shared/plans";
import { useTRPC } from "../../../_client/trpc";
import { type Billing, formatDay, monthlyPrice, nameOf, type PlanOffer } from "../_lib/plan-offer";
import { QuotaBands } from "./quota-bands";

export function CurrentPlan({ billing, offers }: { billing: Billing; offers: readonly PlanOffer[] }) {
  const offer = offers.find(({ id }) => id === billing.plan);
  const { limit, used, reserved, resets_at } = billing.quota;
  return (
    <Card className="grid sm:grid-cols-2" aria-label="Your plan">
      <div className="p-5">
        <h2 className="text-muted">Your plan</h2>
        <p className="mt-1 flex flex-wrap items-center gap-2.5">
          <span className="font-semibold text-2xl tracking-tight">{nameOf(offers, billing.plan)}</span>
          {billing.status === "past_due" && <Badge tone="attention">payment due</Badge>}
          {billing.agreement && <Badge tone="accent">by agreement</Badge>}
          {billing.status === "trialing" && <Badge tone="accent">trial</Badge>}
        </p>
        {billing.subscribed && billing.agreement === null ? (
          <ChargedPrice />
        ) : (
          <p className="num mt-1 text-muted">{priceOf(billing, offer)}</p>
        )}
        <p className="mt-3">{nextStep(billing, offers)}</p>
      </div>
      <div className="border-t p-5 sm:border-t-0 sm:border-l">
        <h2 className="text-muted">Tokens this month</h2>
        <p className="num mt-1 flex flex-wrap items-baseline gap-x-1.5">
          <span className="font-semibold text-2xl tracking-tight">{formatCount(used)}</span>{" "}
          <span className="text-muted">{limit === null ? "of unlimited" : `of ${formatCount(limit)}`}</span>
        </p>
        {limit !== null && (
          <QuotaBands used={used} reserved={reserved} limit={limit} of="this month’s tokens used" />
        )}
        <p className="mt-3 text-[13px] text-muted">
          {reserved > 0 && `${formatCount(reserved)} held for running requests. `}
          Resets on {formatDay(resets_at)} (UTC).
        </p>
      </div>
    </Card>
  );
}

/** The price as Stripe will charge it; empty until Stripe has responded. */
function ChargedPrice() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.billing.price.queryOptions({}));
  return (
    <p className="num mt-1 min-h-[1.5em] text-muted">
      {data && monthlyPrice(data.monthly_micros, data.tax_micros)}
      {data !== undefined &&
        data.discount_micros > 0 &&
        `, after a discount of ${formatMoney(data.discount_micros)}`}
    </p>
  );
}

function priceOf({ agreement }: Billing, offer: PlanOffer | undefined): string {
  if (agreement?.monthly_micros) return `${formatMoney(agreement.monthly_micros)} per month, invoiced`;
  return agreement || offer?.usd === null ? "Priced by agreement" : `$${offer?.usd ?? 0} per month`;
}

function nextStep(billing: Billing, offers: readonly PlanOffer[]): string {
  const { pending_plan, period_end, subscribed, plan } = billing;
  if (billing.agreement) return agreed(billing.agreement, subscribed);
  if (isByAgreement(plan)) return "Your agreement sets your limits and price.";
  if (!subscribed || period_end === null) return "No card needed. Choose a plan below when you need more.";
  const day = formatDay(period_end);
  if (pending_plan === "free")
    return `Canceled: stays until ${formatDay(billing.ends_at ?? period_end)}, then your organization moves to Free.`;
  if (pending_plan !== null) return `Changes to ${nameOf(offers, pending_plan)} on ${day}.`;
  return billing.status === "active" || billing.status === "trialing"
    ? `Renews on ${day}.`
    : `Payment is due for the period ending ${day}.`;
}

function agreed(
  { expires_at, requests_per_minute }: NonNullable<Billing["agreement"]>,
  subscribed: boolean,
): string {
  return [
    `Agreed with us${expires_at === null ? "" : ` through ${formatDay(lastDayBefore(expires_at))}`}, with ${formatCount(requests_per_minute)} requests per minute.`,
    ...(subscribed
      ? ["You’re still paying for your earlier subscription. Cancel it under Manage payment."]
      : []),
  ].join(" ");
}

/** An agreement that ends at midnight lasts through the day before. */
function lastDayBefore(iso: string): string {
  return new Date(Date.parse(iso) - 1).toISOString();
}
