import { describe, expect, it } from "vitest";
import { actionOf, type Billing, type PlanId, type PlanOffer } from "./plan-offer";

const offers: PlanOffer[] = [
  { id: "free", name: "Free", usd: 0, tokensPerMonth: 100_000, requestsPerMinute: 10 },
  { id: "pro", name: "Pro", usd: 29, tokensPerMonth: 1_000_000, requestsPerMinute: 100 },
  { id: "plus", name: "Plus", usd: 99, tokensPerMonth: 10_000_000, requestsPerMinute: 500 },
  { id: "enterprise", name: "Enterprise", usd: null, tokensPerMonth: null, requestsPerMinute: 10_000 },
];
const billing = (changes: Partial<Billing>): Billing => ({
  plan: "free",
  status: "active",
  subscribed: false,
  has_customer: false,
  for_sale: true,
  period_start: null,
  period_end: null,
  cancel_at_period_end: false,
  pending_plan: null,
  grace_ends_at: null,
  ends_at: null,
  payment_due: null,
  payment_lost: false,
  agreement: null,
  quota: { limit: 100_000, used: 0, reserved: 0, resets_at: "2026-12-01T00:00:00.000Z" },
  ...changes,
});
const agreement = { expires_at: null, monthly_micros: null, requests_per_minute: 500 };
const labels = (changes: Partial<Billing>) =>
  offers.map((offer) => {
    const action = actionOf(billing(changes), offers, offer);
    return action.kind === "none" ? null : action.label;
  });
const on = (plan: PlanId, changes: Partial<Billing> = {}) => labels({ plan, subscribed: true, ...changes });

describe("what a plan's card offers", () => {
  it.each([
    ["on Free", labels({}), [null, "Choose Pro", "Choose Plus", "Talk to us"]],
    ["on Pro", on("pro"), ["Cancel plan", null, "Upgrade to Plus", "Talk to us"]],
    ["on Plus", on("plus"), ["Cancel plan", "Move to Pro", null, "Talk to us"]],
    [
      "on Plus until Pro",
      on("plus", { pending_plan: "pro" }),
      ["Cancel plan", null, "Keep Plus", "Talk to us"],
    ],
    [
      "on Pro until Free",
      on("pro", { pending_plan: "free" }),
      [null, "Keep Pro", "Upgrade to Plus", "Talk to us"],
    ],
    ["on Pro, unpaid", on("pro", { status: "past_due" }), ["Cancel plan", null, null, "Talk to us"]],
    ["on Free, unpaid", on("free", { status: "unpaid" }), [null, null, null, "Talk to us"]],
    ["by agreement", on("enterprise"), [null, null, null, null]],
    ["by agreement on Pro", on("pro", { agreement }), [null, null, null, null]],
    ["where nothing is sold", labels({ for_sale: false }), [null, null, null, "Talk to us"]],
  ])("%s", (_, shown, expected) => expect(shown).toEqual(expected));
});
