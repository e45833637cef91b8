"use client";

import { useQuery } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useTRPC } from "../../../_client/trpc";
import { type Billing, nameOf, type PlanOffer } from "../_lib/plan-offer";

const POLL_MS = 1_500;
const PATIENCE_MS = 30_000;

/** After checkout: waits until Stripe's event has set the plan, which happens with or without this page. */
export function CheckoutReturn({
  returned,
  billing,
  offers,
}: {
  returned: "done" | "left";
  billing: Billing;
  offers: readonly PlanOffer[];
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const waiting = returned === "done" && !billing.subscribed;
  const [late, setLate] = useState(false);
  useQuery(trpc.billing.get.queryOptions(undefined, { refetchInterval: POLL_MS, enabled: waiting }));

  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [waiting]);

  const dismiss = (
    <Button size="sm" variant="ghost" onClick={() => router.replace("/billing")}>
      Dismiss
    </Button>
  );
  if (returned === "left") {
    return (
      <Notice title="Nothing was paid" action={dismiss}>
        You left before paying. Your plan hasn’t changed.
      </Notice>
    );
  }
  if (!waiting) {
    return (
      <Notice tone="good" title={`You’re on ${nameOf(offers, billing.plan)}`} action={dismiss}>
        The payment arrived and the new limits apply. We’ll email your payment receipt.
      </Notice>
    );
  }
  return (
    <Notice
      tone={late ? "attention" : "info"}
      title={late ? "This is taking longer than usual" : "Waiting for your payment"}
    >
      {late ? (
        "Your plan starts as soon as the payment is confirmed; you can leave this page. If it hasn’t started within an hour, email support@agathaai.com."
      ) : (
        <span className="flex items-center gap-2">
          <LoaderCircle className="size-4 motion-safe:animate-spin" aria-hidden="true" />
          This takes a few seconds.
        </span>
      )}
    </Notice>
  );
}
