"use client";

import Link from "next/link";
import { useState } from "react";
import { CapBar } from "@/components/charts/cap-bar";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatCount } from "@/shared/count";
import { formatMoney } from "@/shared/money";
import { isUsable, type Key, pageOfKey, type SampleCall, usageOfKey } from "../_lib/key";
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
  const ended = keys.filter((key) => !isUsable(key));
  const shown = showEnded || ended.length === keys.length ? keys : keys.filter(isUsable);
  return (
    <>
      <Table>
        <caption className="sr-only">API keys of your organization</caption>
        <TableHead>
          <tr>
            <TableHeader>Key</TableHeader>
            <TableHeader className="hidden sm:table-cell">This month</TableHeader>
            <TableHeader className="hidden md:table-cell">Last used</TableHeader>
            {mayManage && (
              <TableHeader>
                <span className="sr-only">Actions</span>
              </TableHeader>
            )}
          </tr>
        </TableHead>
        <TableBody>
          {shown.map((key) => (
            <KeyRow
              key={key.id}
              apiKey={key}
              month={usage && (usage.get(key.id) ?? nothing)}
              sample={sample}
              mayManage={mayManage}
            />
          ))}
        </TableBody>
      </Table>
      {ended.length > 0 && ended.length < keys.length && (
        <Button variant="ghost" size="sm" className="mt-3" onClick={() => setShowEnded(!showEnded)}>
          {showEnded ? "Hide ended keys" : `Show ${ended.length} ended keys`}
        </Button>
      )}
    </>
  );
}

const nothing: KeyMonthUsage = { requests: 0, tokens: 0 };

interface KeyRowProps {
  apiKey: Key;
  /** Undefined while it loads. */
  month: KeyMonthUsage | undefined;
  sample: SampleCall;
  mayManage: boolean;
}

function KeyRow({ apiKey, month, sample, mayManage }: KeyRowProps) {
  return (
    <TableRow className={isUsable(apiKey) ? undefined : "text-muted"}>
      <TableCell>
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
      </TableCell>
      <TableCell className="hidden sm:table-cell">
        <KeySpend apiKey={apiKey} />
        <Link
          href={usageOfKey(apiKey)}
          className="mt-1 block w-fit rounded-sm text-[13px] text-muted underline-offset-4 hover:text-ink hover:underline"
        >
          {month === undefined ? "Usage" : requestsOf(month)}
          <span className="sr-only"> of {apiKey.name}</span>
        </Link>
      </TableCell>
      <TableCell className="hidden whitespace-nowrap md:table-cell">
        {apiKey.last_used_at ? (
          <RelativeTime iso={apiKey.last_used_at} />
        ) : (
          <span className="text-muted">Never</span>
        )}
      </TableCell>
      {mayManage && (
        <TableCell className="w-px text-right">
          {isUsable(apiKey) && <KeyActions apiKey={apiKey} sample={sample} />}
        </TableCell>
      )}
    </TableRow>
  );
}

const requestsOf = ({ requests }: KeyMonthUsage) =>
  requests === 1 ? "1 request" : `${formatCount(requests)} requests`;

const counted = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

/** The key's limits in short; its page has them in full. Nothing if it has none. */
function LimitLine({ apiKey }: { apiKey: Key }) {
  const limits = [
    apiKey.models.length === 1 && apiKey.models[0],
    apiKey.models.length > 1 && `${apiKey.models.length} models`,
    apiKey.rpm_limit !== null && `${formatCount(apiKey.rpm_limit)} requests/min`,
    apiKey.ip_allowlist.length > 0 && counted(apiKey.ip_allowlist.length, "IP range", "IP ranges"),
  ].filter(Boolean);
  const endsAt = isUsable(apiKey) ? (apiKey.grace_ends_at ?? apiKey.expires_at) : null;
  if (limits.length === 0 && !endsAt) return null;
  return (
    <span className="mt-0.5 block max-w-md text-[13px] text-muted">
      {limits.join(" · ")}
      {endsAt && (
        <>
          {limits.length > 0 && " · "}
          ends <RelativeTime iso={endsAt} />
        </>
      )}
    </span>
  );
}

export function KeyTableSkeleton() {
  return (
    <Loading label="Loading your keys" className="grid gap-px overflow-hidden rounded-lg border bg-line">
      {[0, 1, 2].map((row) => (
        <div key={row} className="grid gap-2 bg-surface p-4">
          <Skeleton className="w-40" />
          <Skeleton className="w-56" />
        </div>
      ))}
    </Loading>
  );
}

/** The key's spend this month, and its cap if it has one. */
function KeySpend({ apiKey }: { apiKey: Key }) {
  const { spent_this_month_micros: spent, monthly_cap_micros: cap, environment } = apiKey;
  if (environment === "test") return <span className="text-muted">Free</span>;
  if (cap === null) return <span className="num">{formatMoney(spent)}</span>;
  return (
    <span className="inline-grid w-full max-w-44 gap-1.5">
      <span className="num whitespace-nowrap">
        {formatMoney(spent)} <span className="text-muted">of {formatMoney(cap)}</span>
      </span>
      <CapBar share={spent / cap} />
    </span>
  );
}
