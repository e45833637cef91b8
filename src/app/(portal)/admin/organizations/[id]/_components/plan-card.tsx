import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { ExactTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { MICROS_PER_CENT } from "@/shared/money";
import type { Organization } from "../_lib/organization";

/** The plan and limits in effect at the left, the Stripe subscription at the right. */
export function PlanCard({ organization }: { organization: Organization }) {
  const { plan, limits, override, subscription } = organization;
  return (
    <Card className="grid sm:grid-cols-2" aria-label="Plan and subscription">
      <div className="p-5">
        <h2 className="text-muted">Current plan</h2>
        <p className="mt-1 flex flex-wrap items-center gap-2.5">
          <span className="font-semibold text-2xl capitalize tracking-tight">{plan}</span>
          {override && <Badge tone="accent">by agreement</Badge>}
        </p>
        <dl className="mt-4 grid gap-2">
          <Fact name="Tokens per month">
            {limits.monthly_tokens === null ? "Unlimited" : formatCount(limits.monthly_tokens)}
          </Fact>
          <Fact name="Requests per minute">{formatCount(limits.requests_per_minute)}</Fact>
          {override && (
            <>
              <Fact name="Price">
                {override.monthly_price_cents === null
                  ? "Not billed"
                  : `${formatMoney(override.monthly_price_cents * MICROS_PER_CENT)} per month`}
                {override.billing === "waiting" && " (not at Stripe yet)"}
              </Fact>
              <Fact name="Until">
                {override.expires_at ? <ExactTime iso={override.expires_at} /> : "an operator ends it"}
              </Fact>
              <Fact name="Reason">{override.reason}</Fact>
              <Fact name="Created">
                <ExactTime iso={override.created_at} />
                {override.by && ` by ${override.by}`}
              </Fact>
            </>
          )}
        </dl>
      </div>
      <div className="border-t p-5 sm:border-t-0 sm:border-l">
        <h2 className="text-muted">Bought through Stripe</h2>
        <p className="mt-1 font-semibold text-2xl tracking-tight">
          {subscription.subscribed ? "Subscription" : "Nothing"}
        </p>
        <dl className="mt-4 grid gap-2">
          {subscription.subscribed && <Fact name="Status">{subscription.status.replaceAll("_", " ")}</Fact>}
          {subscription.period_end && (
            <Fact name={subscription.cancel_at_period_end ? "Ends" : "Renews"}>
              <ExactTime iso={subscription.period_end} />
            </Fact>
          )}
          {subscription.pending_plan && (
            <Fact name="Then">
              <span className="capitalize">{subscription.pending_plan}</span>
            </Fact>
          )}
          {subscription.grace_ends_at && (
            <Fact name="Unpaid, kept until">
              <ExactTime iso={subscription.grace_ends_at} />
            </Fact>
          )}
          <Fact name="Customer">
            {subscription.customer_url ? (
              <a
                href={subscription.customer_url}
                rel="noreferrer"
                target="_blank"
                className="inline-flex items-center gap-1 text-accent underline underline-offset-4"
              >
                {subscription.customer_id}
                <ExternalLink className="size-3.5" aria-label="(opens Stripe in a new tab)" />
              </a>
            ) : subscription.customer_id ? (
              <code className="text-[13px]">{subscription.customer_id}</code>
            ) : (
              "None"
            )}
          </Fact>
        </dl>
        {override && subscription.subscribed && (
          <p className="mt-4 text-[13px] text-attention">
            The customer is still paying for an earlier subscription. Ask them to cancel it.
          </p>
        )}
      </div>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[9rem_minmax(0,1fr)] gap-3">
      <dt className="text-muted">{name}</dt>
      <dd className="num break-words">{children}</dd>
    </div>
  );
}
