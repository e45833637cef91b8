"use client";

import { useState } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { isUsable, type Key, type SampleCall } from "./key";
import { KeyActions } from "./key-actions";

const statusTone: Record<Key["status"], BadgeTone> = {
  active: "good",
  rotating: "attention",
  rotated: "neutral",
  expired: "neutral",
  revoked: "neutral",
};

export function KeyTable({ keys, sample }: { keys: Key[]; sample: SampleCall }) {
  const [showEnded, setShowEnded] = useState(false);
  const ended = keys.filter((key) => !isUsable(key));
  const shown = showEnded || ended.length === keys.length ? keys : keys.filter(isUsable);
  return (
    <>
      <Table>
        <caption className="sr-only">API keys of your organization</caption>
        <TableHead>
          <tr>
            <TableHeader>Key</TableHeader>
            <TableHeader className="hidden sm:table-cell">Status</TableHeader>
            <TableHeader className="hidden md:table-cell">Last used</TableHeader>
            <TableHeader className="hidden md:table-cell">Created</TableHeader>
            <TableHeader>
              <span className="sr-only">Actions</span>
            </TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {shown.map((key) => (
            <KeyRow key={key.id} apiKey={key} sample={sample} />
          ))}
        </TableBody>
      </Table>
      {ended.length > 0 && ended.length < keys.length && (
        <button
          type="button"
          className="mt-3 text-muted underline-offset-4 hover:text-ink hover:underline"
          aria-pressed={showEnded}
          onClick={() => setShowEnded(!showEnded)}
        >
          {showEnded ? "Hide" : "Show"} {ended.length} that no longer work
        </button>
      )}
    </>
  );
}

function KeyRow({ apiKey, sample }: { apiKey: Key; sample: SampleCall }) {
  const status = <Badge tone={statusTone[apiKey.status]}>{apiKey.status}</Badge>;
  return (
    <TableRow className={isUsable(apiKey) ? undefined : "text-muted"}>
      <TableCell>
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-words font-medium">{apiKey.name}</span>
          <Badge tone={apiKey.environment === "live" ? "accent" : "outline"}>{apiKey.environment}</Badge>
          <span className="sm:hidden">{status}</span>
        </span>
        <code className="mt-0.5 block text-[13px] text-muted">
          {apiKey.prefix}…{apiKey.last_four}
        </code>
        <KeyLimits apiKey={apiKey} />
        <span className="mt-1 block text-[13px] text-muted md:hidden">
          {apiKey.last_used_at ? (
            <>
              Used <RelativeTime iso={apiKey.last_used_at} />
            </>
          ) : (
            "Never used"
          )}
        </span>
      </TableCell>
      <TableCell className="hidden sm:table-cell">{status}</TableCell>
      <TableCell className="hidden whitespace-nowrap md:table-cell">
        {apiKey.last_used_at ? (
          <RelativeTime iso={apiKey.last_used_at} />
        ) : (
          <span className="text-muted">Never</span>
        )}
      </TableCell>
      <TableCell className="hidden whitespace-nowrap md:table-cell">
        <RelativeTime iso={apiKey.created_at} />
      </TableCell>
      <TableCell className="w-px text-right">
        {isUsable(apiKey) && <KeyActions apiKey={apiKey} sample={sample} />}
      </TableCell>
    </TableRow>
  );
}

/** What narrows the key, in one line; nothing where it is unrestricted. */
function KeyLimits({ apiKey }: { apiKey: Key }) {
  const limits = [
    apiKey.models.length > 0 && apiKey.models.join(", "),
    apiKey.rpm_limit !== null && `${apiKey.rpm_limit} requests a minute`,
    apiKey.ip_allowlist.length > 0 && `only from ${apiKey.ip_allowlist.join(", ")}`,
  ].filter(Boolean);
  const endsAt = isUsable(apiKey) ? (apiKey.grace_ends_at ?? apiKey.expires_at) : null;
  if (limits.length === 0 && !endsAt) return null;
  return (
    <span className="mt-1 block max-w-md text-[13px] text-muted">
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
