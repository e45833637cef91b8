"use client";

import { Check } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { cn } from "@/components/cn";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { useScopes } from "../../../_client/use-scopes";
import { LazyResendButton } from "../../_components/lazy-resend-button";
import type { Overview } from "../_lib/quota-labels";

/**
 * The steps from a new account to its first completed request, after which they disappear: at once on the next visit,
 * with a notice if the request completes while the page is open.
 */
export function FirstSteps({ steps }: { steps: Overview["onboarding"] }) {
  const scopes = useScopes();
  const [waited, setWaited] = useState(false);
  const [dismissed, setDismissed] = useState(false);
  if (!steps.call_completed && !waited) setWaited(true);
  if (steps.call_completed) {
    if (!waited || dismissed) return null;
    return (
      <Notice
        tone="good"
        title="Your first request completed"
        action={
          <span className="flex gap-2">
            <Button asChild variant="secondary" size="sm">
              <Link href="/requests">View requests</Link>
            </Button>
            <Button variant="ghost" size="sm" onClick={() => setDismissed(true)}>
              Dismiss
            </Button>
          </span>
        }
      >
        Each request is listed with its prompt, answer, tokens and cost.
      </Notice>
    );
  }

  // Only for members who can take the steps.
  if (scopes?.has("keys:write") === false) return null;
  const list: { done: boolean; title: string; hint: string; action: ReactNode }[] = [
    {
      done: steps.email_verified,
      title: "Verify your email",
      hint: "Needed for live keys only.",
      action: <LazyResendButton size="sm" />,
    },
    {
      done: steps.key_made,
      title: "Create a key",
      hint: "Test keys get simulated answers and are free.",
      action: (
        <Button asChild size="sm" variant="secondary">
          <Link href="/keys">Create key</Link>
        </Button>
      ),
    },
    {
      done: false,
      title: "Send your first request",
      hint: "Run the code below. This page updates when the answer arrives.",
      action: null,
    },
  ];
  const next = list.findIndex(({ done }) => !done);
  return (
    <Card>
      <CardHeader>
        <CardTitle>First steps</CardTitle>
        <span className="text-[13px] text-muted">
          {list.filter(({ done }) => done).length} of {list.length} done
        </span>
      </CardHeader>
      <ol className="divide-y lg:grid lg:grid-cols-3 lg:divide-x lg:divide-y-0">
        {list.map(({ done, title, hint, action }, index) => (
          <li key={title} className="flex gap-3 p-4" aria-current={index === next ? "step" : undefined}>
            <span
              className={cn(
                "flex size-6 shrink-0 items-center justify-center rounded-full border text-[13px] tabular-nums",
                done ? "border-accent bg-accent text-accent-ink" : "border-edge text-muted",
              )}
            >
              {done ? <Check className="size-3.5" aria-hidden="true" /> : index + 1}
              {done && <span className="sr-only">Done:</span>}
            </span>
            <div className="min-w-0">
              <h3 className={cn("font-medium leading-6", done && "text-muted")}>{title}</h3>
              {!done && <p className="text-[13px] text-muted">{hint}</p>}
              {!done && action && <div className="mt-2.5">{action}</div>}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
