"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { type Scope, useScopes } from "../../../_client/use-scopes";
import { type Cap, capAlert, expiryText, paymentAlert, quotaAlert } from "../_lib/alert-labels";
import type { Overview } from "../_lib/quota-labels";

/**
 * What needs a decision, worst first. An unverified email and, for members who read the billing, a failed payment have
 * their notices above every page.
 */
export function Alerts({ overview }: { overview: Overview }) {
  const { tight_caps, payment_due, agreement_ends_at, expiring_keys } = overview;
  const quota = quotaAlert(overview);
  const readsBilling = useScopes()?.has("billing:read");
  return (
    <div className="grid gap-2 empty:hidden">
      {payment_due && readsBilling === false && <Notice {...paymentAlert(payment_due.grace_ends_at)} />}
      {quota && <Notice {...quota} action={<ActionLink href="/pricing">Compare plans</ActionLink>} />}
      {tight_caps.map((cap) => (
        <Notice key={cap.key?.id ?? "organization"} {...capAlert(cap)} action={<CapLink cap={cap} />} />
      ))}
      {agreement_ends_at && (
        <Notice
          tone="attention"
          title={
            <>
              Your agreement ends <RelativeTime iso={agreement_ends_at} />
            </>
          }
          action={<ActionLink href="/enterprise">Talk to us</ActionLink>}
        >
          After that, your paid plan and its limits apply.
        </Notice>
      )}
      {expiring_keys.map(({ id, name, expires_at }) => (
        <Notice
          key={id}
          tone="attention"
          title={
            <>
              The key {name} expires <RelativeTime iso={expires_at} />
            </>
          }
          action={
            <ActionLink href={`/keys/${id}`} needs="keys:write">
              Rotate key
            </ActionLink>
          }
        >
          {expiryText}
        </Notice>
      ))}
    </div>
  );
}

function CapLink({ cap: { key } }: { cap: Cap }) {
  if (key === null) {
    return (
      <ActionLink href="/billing" needs="billing:write">
        Change cap
      </ActionLink>
    );
  }
  return (
    <ActionLink href={`/keys/${key.id}`} needs="keys:write">
      Change cap
    </ActionLink>
  );
}

/** The page that resolves the alert, for members whose role can. */
function ActionLink({ href, needs, children }: { href: string; needs?: Scope; children: ReactNode }) {
  const scopes = useScopes();
  if (needs !== undefined && scopes?.has(needs) === false) return null;
  return (
    <Button asChild variant="secondary" size="sm">
      <Link href={href}>{children}</Link>
    </Button>
  );
}
