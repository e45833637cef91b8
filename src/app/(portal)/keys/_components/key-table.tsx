"use client";

import Link from "next/link";
import { useState } from "react";
import { CapBar } from "@/components/charts/cap-bar";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { countOf, formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { isRevocable, isUsable, type Key, pageOfKey, type SampleCall, usageOfKey } from "../_lib/key";
import { type KeyMonthUsage, useKeyUsage } from "../_lib/key-queries";
import { KeyActions } from "./key-actions";
import { KeyBadges } from "./key-badges";

interface KeyTableProps {
  keys: Key[];
  sample: SampleCall;
  mayManage: boolean;
}

export function KeyTable({ keys, sample, mayManage }: KeyTableProps) {
  const [showEnded, setShowEnded] = useState(false);
  const usage = useKeyUsage(keys);
  const ended = keys.filter((key) => !isRevocable(key));
  const shown = showEnded || ended.length === keys.length ? keys : keys.filter(isRevocable);
  const columns: Column<Key>[] = [
    { name: "Key", cell: (key) => <KeyCell apiKey={key} /> },
    {
      name: "This month",
      from: "sm",
      cell: (key) => <MonthCell apiKey={key} month={usage && (usage.get(key.id) ?? nothing)} />,
    },
    {
      name: "Last used",
      from: "md",
      className: "whitespace-nowrap",
      cell: ({ last_used_at }) =>
        last_used_at ? <RelativeTime iso={last_used_at} /> : <span className="text-muted">Never</span>,
    },
  ];
  if (mayManage) {
    columns.push({
      name: "Actions",
      kind: "actions",
      cell: (key) => isRevocable(key) && <KeyActions apiKey={key} sample={sample} />,
    });
  }
  return (
    <>
      <ListTable
        caption="API keys of your organization"
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        rowProps={(key) => ({ className: isUsable(key) ? undefined : "text-muted" })}
      />
      {ended.length > 0 && ended.length < keys.length && (
        <Button variant="ghost" size="sm" className="mt-3" onClick={() => setShowEnded(!showEnded)}>
          {showEnded ? "Hide ended keys" : `Show ${countOf(ended.length, "ended key")}`}
        </Button>
      )}
    </>
  );
}

const nothing: KeyMonthUsage = { requests: 0, tokens: 0 };

/** The key's name, state and limits; on a phone also its spend. */
function KeyCell({ apiKey }: { apiKey: Key }) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link
          href={pageOfKey(apiKey.id)}
          className="break-words rounded-sm font-medium underline-offset-4 hover:underline"
        >
          {apiKey.name}
        </Link>
        <KeyBadges apiKey={apiKey} />
      </span>
      <code className="mt-0.5 block text-[13px] text-muted">
        {apiKey.prefix}…{apiKey.last_four}
      </code>
      <LimitLine apiKey={apiKey} />
      <span className="mt-2 block sm:hidden">
        <KeySpend apiKey={apiKey} />
      </span>
    </>
  );
}

/** `month` is undefined while it loads. */
function MonthCell({ apiKey, month }: { apiKey: Key; month: KeyMonthUsage | undefined }) {
  return (
    <>
      <KeySpend apiKey={apiKey} />
      <Link
        href={usageOfKey(apiKey)}
        className="mt-1 block w-fit rounded-sm text-[13px] text-muted underline-offset-4 hover:text-ink hover:underline"
      >
        {month === undefined ? "Usage" : countOf(month.requests, "request")}
        <span className="sr-only"> of {apiKey.name}</span>
      </Link>
    </>
  );
}

/** The key's limits in short; its page has them in full. Nothing if it has none. */
function LimitLine({ apiKey }: { apiKey: Key }) {
  const limits = [
    apiKey.models.length === 1 && apiKey.models[0],
    apiKey.models.length > 1 && `${apiKey.models.length} models`,
    apiKey.rpm_limit !== null && `${formatCount(apiKey.rpm_limit)} requests/min`,
    apiKey.ip_allowlist.length > 0 && countOf(apiKey.ip_allowlist.length, "IP range"),
  ].filter(Boolean);
  const { grace_ends_at, expires_at } = apiKey;
  const endsAt = isUsable(apiKey) ? (grace_ends_at ?? expires_at) : null;
  if (limits.length === 0 && !endsAt) return null;
  return (
    <span className="mt-0.5 block max-w-md text-[13px] text-muted">
      {limits.join(" · ")}
      {endsAt && (
        <>
          {limits.length > 0 && " · "}
          {grace_ends_at === null ? "expires" : "ends"} <RelativeTime iso={endsAt} />
        </>
      )}
    </span>
  );
}

/** The key's spend this month, and its cap if it has one. */
function KeySpend({ apiKey }: { apiKey: Key }) {
  const { spent_this_month_micros: spent, monthly_cap_micros: cap, environment } = apiKey;
  if (environment === "test") return <span className="text-muted">Free</span>;
  if (cap === null) {
    return (
      <span className="num">
        {formatMoney(spent)} <span className="text-muted sm:hidden">this month</span>
      </span>
    );
  }
  return (
    <span className="inline-grid w-full max-w-44 gap-1.5">
      <span className="num whitespace-nowrap">
        {formatMoney(spent)} <span className="text-muted">of {formatMoney(cap)}</span>
      </span>
      <CapBar share={spent / cap} />
    </span>
  );
}
