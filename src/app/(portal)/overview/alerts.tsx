import Link from "next/link";
import { formatCount } from "@/components/format/count";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Overview } from "./overview";
import { resetDay, TIGHT, usedShare } from "./quota-words";

/** What wants a decision. The unverified address has its own line above every page. */
export function Alerts({ overview: { quota, expiring_keys } }: { overview: Overview }) {
  const share = usedShare(quota) ?? 0;
  const figures = `You have used ${formatCount(quota.used)} of ${formatCount(quota.limit ?? 0)} tokens this month.`;
  const raise = (
    <Button asChild variant="secondary" size="sm">
      <Link href="/pricing">Compare plans</Link>
    </Button>
  );
  if (share < TIGHT && expiring_keys.length === 0) return null;
  return (
    <div className="grid gap-2">
      {share >= 1 && (
        <Notice tone="danger" title="The month's tokens are used up" action={raise}>
          {figures} Live requests are refused until {resetDay(quota)}, or until a larger plan raises the
          limit.
        </Notice>
      )}
      {share >= TIGHT && share < 1 && (
        <Notice
          tone="attention"
          title={`${Math.floor(share * 100)} % of the month's tokens are used`}
          action={raise}
        >
          {figures} Requests stop at the limit; a larger plan raises it.
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
            <Button asChild variant="secondary" size="sm">
              <Link href={`/keys/${id}`}>See the key</Link>
            </Button>
          }
        >
          Its calls are refused from then on. A rotated key takes over without a gap.
        </Notice>
      ))}
    </div>
  );
}
