"use client";

import { useMutation } from "@tanstack/react-query";
import { Check } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { formatCount } from "@/shared/format/count";
import type { PaidPlan } from "@/shared/plans";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { Section } from "../../_components/section";
import {
  actionOf,
  type Billing,
  formatDay,
  nameOf,
  type PlanAction,
  type PlanOffer,
} from "../_lib/plan-offer";
import { useStripePage } from "../_lib/use-stripe-page";
import { CancelPlanDialog } from "./cancel-plan-dialog";
import { ChangePlanDialog } from "./change-plan-dialog";

export function PlanPicker({
  billing,
  offers,
  onChanged,
}: {
  billing: Billing;
  offers: PlanOffer[];
  onChanged: () => void;
}) {
  const trpc = useTRPC();
  const [changing, setChanging] = useState<PaidPlan>();
  const [canceling, setCanceling] = useState(false);
  const checkout = useStripePage(trpc.billing.checkout.mutationOptions({ onError: onChanged }));
  const resume = useMutation(
    trpc.billing.resume.mutationOptions({
      onSuccess: ({ plan }) => {
        toast(`${nameOf(offers, plan)} kept`, { tone: "good" });
        onChanged();
      },
    }),
  );
  const failed = checkout.error ?? resume.error;
  const act = (action: PlanAction) => {
    if (action.kind === "checkout") checkout.leave({ plan: action.plan });
    if (action.kind === "change") setChanging(action.plan);
    if (action.kind === "cancel") setCanceling(true);
    if (action.kind === "resume") resume.mutate({});
  };
  const isPending = (action: PlanAction) =>
    (action.kind === "resume" && resume.isPending) ||
    (action.kind === "checkout" && checkout.goingTo?.plan === action.plan);

  return (
    <Section id="plans" title="Plans">
      {failed && <FailureNotice error={failed} className="mb-4" />}
      <ul className="grid gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-2 lg:grid-cols-4">
        {offers.map((offer) => (
          <PlanCard
            key={offer.id}
            offer={offer}
            billing={billing}
            action={actionOf(billing, offers, offer)}
            isPending={isPending}
            onAct={act}
          />
        ))}
      </ul>
      {changing && (
        <ChangePlanDialog
          plan={changing}
          billing={billing}
          offers={offers}
          onDone={() => {
            setChanging(undefined);
            onChanged();
          }}
        />
      )}
      {canceling && (
        <CancelPlanDialog
          billing={billing}
          offers={offers}
          onDone={() => {
            setCanceling(false);
            onChanged();
          }}
        />
      )}
    </Section>
  );
}

function PlanCard({
  offer,
  billing,
  action,
  isPending,
  onAct,
}: {
  offer: PlanOffer;
  billing: Billing;
  action: PlanAction;
  isPending: (action: PlanAction) => boolean;
  onAct: (action: PlanAction) => void;
}) {
  const { usd, name, tokensPerMonth, requestsPerMinute } = offer;
  const limits = [
    tokensPerMonth === null ? "Unlimited tokens" : `${formatCount(tokensPerMonth)} tokens per month`,
    `${formatCount(requestsPerMinute)} requests per minute`,
  ];
  return (
    <li className="flex flex-col bg-surface p-5">
      <h3 className="flex flex-wrap items-center justify-between gap-2 font-semibold text-base">
        {name}
        {offer.id === billing.plan && <Badge tone="accent">current plan</Badge>}
        {offer.id === billing.pending_plan && billing.period_end && (
          <Badge tone="attention">from {formatDay(billing.period_end)}</Badge>
        )}
      </h3>
      <p className="mt-2 flex items-baseline gap-1.5">
        <span className="num font-semibold text-2xl tracking-tight">
          {usd === null ? "Custom" : `$${usd}`}
        </span>
        {usd !== null && <span className="text-muted">per month</span>}
      </p>
      <ul className="mt-4 mb-5 grid gap-2">
        {limits.map((limit) => (
          <li key={limit} className="flex gap-2">
            <Check className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden="true" />
            {limit}{" "}
          </li>
        ))}
      </ul>
      {action.kind === "contact" && (
        <Button asChild variant="secondary" className="mt-auto">
          <Link href="/enterprise">{action.label}</Link>
        </Button>
      )}
      {action.kind !== "none" && action.kind !== "contact" && (
        <Button
          variant={isUpgrade(action) ? "primary" : "secondary"}
          className="mt-auto"
          pending={isPending(action)}
          onClick={() => onAct(action)}
        >
          {action.label}
        </Button>
      )}
    </li>
  );
}

function isUpgrade(action: PlanAction): boolean {
  return (
    action.kind === "checkout" ||
    action.kind === "resume" ||
    (action.kind === "change" && action.label.startsWith("Upgrade"))
  );
}
