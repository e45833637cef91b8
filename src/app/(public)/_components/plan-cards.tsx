import { Check } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/shared/format/count";
import { featureNamesOf, isByAgreement, isPaidPlan, type Plan, planIds, plans } from "@/shared/plans";

function limitsOf(id: Plan): string[] {
  const { requestsPerMinute, tokensPerMonth, cacheMebibytes, queue } = plans[id];
  return [
    tokensPerMonth === null ? "Unlimited tokens" : `${formatCount(tokensPerMonth)} tokens per month`,
    `${formatCount(requestsPerMinute)} requests per minute`,
    `${formatCount(cacheMebibytes)} MiB of cached answers`,
    ...(isPaidPlan(id) ? ["Overage at model prices, if you turn it on"] : []),
    ...(queue === "enterprise" ? ["A queue separate from other plans"] : []),
    ...featureNamesOf(id),
  ];
}

/** Every plan as sold, from the table that also enforces it. */
export function PlanCards({ heading: Heading = "h3" }: { heading?: "h2" | "h3" }) {
  return (
    <ul className="grid gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-2 lg:grid-cols-[repeat(auto-fit,minmax(13rem,1fr))]">
      {planIds.map((id) => {
        const { name, suits, pricePerMonthUsd } = plans[id];
        return (
          <li key={id} className="flex flex-col bg-surface p-6">
            <Heading className="font-semibold text-base">{name}</Heading>
            <p className="mt-3 flex items-baseline gap-1.5">
              <span className="num font-semibold text-3xl tracking-tight">
                {pricePerMonthUsd === null ? "Custom" : `$${pricePerMonthUsd}`}
              </span>
              {pricePerMonthUsd !== null && <span className="text-muted">per month</span>}
            </p>
            <p className="mt-3 text-muted lg:min-h-10">{suits}</p>
            <ul className="mt-5 mb-6 grid gap-2">
              {limitsOf(id).map((limit) => (
                <li key={limit} className="flex gap-2">
                  <Check className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden="true" />
                  {limit}
                </li>
              ))}
            </ul>
            <Button asChild variant={id === "free" ? "primary" : "secondary"} className="mt-auto">
              {isByAgreement(id) ? (
                <Link href="/enterprise">Talk to us</Link>
              ) : (
                <Link href={id === "free" ? "/sign-up" : "/sign-up?next=%2Fbilling"}>
                  {id === "free" ? "Start for free" : `Choose ${name}`}
                </Link>
              )}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
