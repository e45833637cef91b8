import type { ReactNode } from "react";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import type { Organization } from "../_lib/organization";

/** This month's usage, and counts of keys and members. */
export function Figures({ organization: { usage, keys, members } }: { organization: Organization }) {
  const people = members.reduce((sum, { count }) => sum + count, 0);
  const cap = usage.monthly_cap_micros;
  return (
    <dl className="grid gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-2 lg:grid-cols-5">
      <Figure name="Tokens this month" value={formatCount(usage.used)}>
        {usage.reserved > 0 && `${formatCount(usage.reserved)} held`}
      </Figure>
      <Figure name="Spent this month" value={formatMoney(usage.spent_micros)}>
        {cap === null ? "No cap" : `Cap ${formatMoney(cap)}`}
        {usage.overage && " · overage on"}
      </Figure>
      <Figure name="Requests, 30 days" value={formatCount(usage.requests_30_days)}>
        Counted every 15 minutes
      </Figure>
      <Figure name="API keys" value={formatCount(keys.usable)}>
        {keys.total > keys.usable && `${formatCount(keys.total - keys.usable)} ended`}
      </Figure>
      <Figure name="Members" value={formatCount(people)}>
        {members.map(({ role, count }) => `${count} ${role}`).join(", ")}
      </Figure>
    </dl>
  );
}

function Figure({ name, value, children }: { name: string; value: string; children?: ReactNode }) {
  return (
    <div className="bg-surface p-4">
      <dt className="text-muted">{name}</dt>
      <dd className="num mt-1 font-semibold text-xl tracking-tight">{value}</dd>
      <dd className="mt-0.5 text-[13px] text-muted">{children}</dd>
    </div>
  );
}
