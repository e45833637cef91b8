import type { Metadata } from "next";
import Link from "next/link";
import { ModelTable } from "../_components/model-table";
import { PlanCards } from "../_components/plan-cards";

export const metadata: Metadata = {
  title: "Pricing",
  description: "Four plans, from 100,000 free tokens a month to unlimited, and the price of every model.",
};

const link = "text-accent underline decoration-1 underline-offset-4 hover:text-accent-strong";

const questions = [
  [
    "What is a month?",
    "For tokens, your billing period: they reset each month on the day you subscribed, when your plan renews. On Free, and for spend caps, it is the calendar month: they reset on the 1st at 00:00 UTC.",
  ],
  [
    "Which tokens count?",
    "Input and output tokens of completed live requests, as the provider itself counted them.",
  ],
  [
    "What happens at the limit?",
    "The next request is refused before it costs anything, with an error that says so. Nothing is billed beyond the plan.",
  ],
  [
    "Can requests go on past it?",
    "On Pro and Plus, if you switch overage on. What is used beyond the plan is then billed at the prices below with the next invoice. It is off until you say so.",
  ],
  [
    "Can I bound what is spent?",
    "Yes: set a monthly cap in dollars for the organization, and one for any key. The most a request can cost is held against the cap before it runs, so it is never passed.",
  ],
  [
    "Do failed requests count?",
    "No. Failed and cancelled requests cost nothing, and neither do requests made with a test key.",
  ],
  [
    "How do I change or end a plan?",
    "In the portal, at any time. A larger plan holds at once and you pay the difference; a smaller one, or the end, begins when the paid period is over.",
  ],
  [
    "What is Enterprise?",
    "A quota, a rate and a price agreed with you, and a queue that no other traffic can slow. Tell us what you need and we answer.",
  ],
] as const;

export default function PricingPage() {
  return (
    <div className="mx-auto max-w-portal px-5 pt-16">
      <h1 className="font-semibold text-4xl tracking-[-0.035em] sm:text-5xl">Pricing</h1>
      <p className="mt-4 mb-10 max-w-prose text-base/6.5 text-muted">
        A plan sets how many tokens a month and how many requests a minute you can use. Each account starts on
        Free.
      </p>
      <PlanCards heading="h2" />

      <section aria-labelledby="questions" className="mt-20">
        <h2 id="questions" className="mb-6 font-semibold text-2xl tracking-tight">
          Plainly answered
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
          <Link href="/docs/billing" className={link}>
            Billing and caps, in detail
          </Link>
          <Link href="/enterprise" className={link}>
            Talk to us about Enterprise
          </Link>
        </p>
      </section>

      <section aria-labelledby="model-prices" className="mt-16">
        <h2 id="model-prices" className="mb-2 font-semibold text-2xl tracking-tight">
          Price of each model
        </h2>
        <p className="mb-6 text-base/6.5 text-muted">
          US dollars per million tokens. Every answer states its own cost.
        </p>
        <ModelTable />
      </section>
    </div>
  );
}
