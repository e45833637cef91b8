import { formatMoney } from "@/shared/format/money";
import { formatDay as formatUtcDay } from "@/shared/format/time";
import { isByAgreement, isPaidPlan, type PaidPlan } from "@/shared/plans";
import type { Outputs } from "../../../_client/trpc";

export type Billing = Outputs["billing"]["get"];
export type PlanId = Billing["plan"];

/** A plan on sale, as the page shows it. */
export interface PlanOffer {
  id: PlanId;
  name: string;
  /** US dollars per month; null is by agreement. */
  usd: number | null;
  tokensPerMonth: number | null;
  requestsPerMinute: number;
}

export function nameOf(offers: readonly PlanOffer[], id: PlanId): string {
  return offers.find((offer) => offer.id === id)?.name ?? id;
}

/** "$34.80 per month, with $5.80 tax": as Stripe will charge it. */
export function monthlyPrice(micros: number, taxMicros: number): string {
  const price = `${formatMoney(micros)} per month`;
  return taxMicros === 0 ? price : `${price}, with ${formatMoney(taxMicros)} tax`;
}

/** Billing days are UTC days. */
export function formatDay(iso: string): string {
  return formatUtcDay(new Date(iso));
}

export type PlanAction =
  | { kind: "checkout" | "change"; plan: PaidPlan; label: string }
  | { kind: "cancel" | "resume" | "contact"; label: string }
  | { kind: "none" };

/** What a plan card's button does, given the organization's plan and subscription. */
export function actionOf(billing: Billing, offers: readonly PlanOffer[], offer: PlanOffer): PlanAction {
  const { plan, subscribed, pending_plan, for_sale, status, agreement } = billing;
  // An agreement is changed by contacting us, not by buying.
  if (isByAgreement(plan) || agreement !== null) return { kind: "none" };
  if (isByAgreement(offer.id)) return { kind: "contact", label: "Talk to us" };
  if (!for_sale) return { kind: "none" };
  if (offer.id === plan) {
    return pending_plan === null || pending_plan === plan
      ? { kind: "none" }
      : { kind: "resume", label: `Keep ${offer.name}` };
  }
  if (offer.id === pending_plan) return { kind: "none" };
  if (!isPaidPlan(offer.id)) return subscribed ? { kind: "cancel", label: "Cancel plan" } : { kind: "none" };
  // The open invoice has to be paid before the plan can change.
  if (subscribed && status !== "active" && status !== "trialing") return { kind: "none" };
  if (!subscribed) return { kind: "checkout", plan: offer.id, label: `Choose ${offer.name}` };
  const up = offer.requestsPerMinute > (offers.find(({ id }) => id === plan)?.requestsPerMinute ?? 0);
  return { kind: "change", plan: offer.id, label: `${up ? "Upgrade" : "Move"} to ${offer.name}` };
}
