import type { Metadata } from "next";
import { andList } from "@/components/format/list";
import { paidPlanNames } from "@/shared/plans";
import { GuideLink } from "../_components/guide";
import { ModelTable } from "../_components/model-table";
import { PlanCards } from "../_components/plan-cards";
import { Explained } from "./_components/explained";

export const metadata: Metadata = {
  title: "Pricing",
  description: "Four plans, from 100,000 free tokens per month to unlimited, and the price of every model.",
};

const questions = [
  [
    "What is a month?",
    "On a paid plan, tokens follow your billing period: they reset when your plan renews, each month on the day you subscribed. On Free, they reset on the 1st at 00:00 UTC. Spend caps always follow the calendar month in UTC.",
  ],
  [
    "Which tokens count?",
    "Input and output tokens of live requests, as the provider counted them: of completed ones, and of streams you stopped, as far as they came.",
  ],
  [
    "What happens at the limit?",
    "A request that doesn’t fit is refused before it costs anything, and the error says so. Nothing is billed beyond your plan unless overage is on.",
  ],
  [
    "Can I go past the limit?",
    `Yes, on ${andList(paidPlanNames)}, if you turn on overage. Usage past your plan’s tokens is then billed at the prices listed here, on your next invoice. Overage is off until you turn it on.`,
  ],
  [
    "Can I limit what I spend?",
    "Yes. Set a monthly cap in dollars for the organization, and one for any key. Before a request runs, we hold the most it can cost. If that doesn’t fit under the cap, the request is refused, so a cap is never passed.",
  ],
  [
    "Do failed requests count?",
    "No. Failed and test requests cost nothing, and neither does a queued request you cancel. A stream you stop midway costs what had arrived.",
  ],
  [
    "How do I change or end a plan?",
    "In the portal, at any time. Upgrades apply at once and you pay the difference. Downgrades and cancellations apply when the paid period ends.",
  ],
  [
    "What is Enterprise?",
    "Limits and a price agreed with you, and a queue separate from other plans. Tell us what you need and we’ll get back to you.",
  ],
] as const;

export default function PricingPage() {
  return (
    <div className="mx-auto max-w-portal px-5 pt-16">
      <h1 className="font-semibold text-4xl tracking-[-0.035em] sm:text-5xl">Pricing</h1>
      <p className="mt-4 mb-10 max-w-prose text-base/6.5 text-muted">
        A plan sets your monthly tokens and requests per minute. Every account starts on Free.
      </p>
      <PlanCards heading="h2" />

      <Explained />

      <section aria-labelledby="questions" className="mt-20">
        <h2 id="questions" className="mb-6 font-semibold text-2xl tracking-tight">
          Common questions
        </h2>
        <dl className="grid gap-x-12 sm:grid-cols-2">
          {questions.map(([question, reply]) => (
            <div key={question} className="border-t py-5">
              <dt className="font-semibold text-base">{question}</dt>
              <dd className="mt-1.5 text-[15px]/6 text-muted">{reply}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-2 flex flex-wrap gap-x-6 gap-y-2 text-[15px]/6">
          <GuideLink href="/docs/billing">Billing and caps in detail</GuideLink>
          <GuideLink href="/enterprise">Talk to us about Enterprise</GuideLink>
        </p>
      </section>

      <section aria-labelledby="model-prices" className="mt-16">
        <h2 id="model-prices" className="mb-2 font-semibold text-2xl tracking-tight">
          Model prices
        </h2>
        <p className="mb-6 text-base/6.5 text-muted">
          US dollars per million tokens. Every response states its own cost.
        </p>
        <ModelTable />
      </section>
    </div>
  );
}
