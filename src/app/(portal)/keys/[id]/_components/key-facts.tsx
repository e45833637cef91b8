"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ExactTime, RelativeTime } from "@/components/format/relative-time";
import { useTRPC } from "../../../../_client/trpc";
import { type Fact, FactCard } from "../../../_components/fact-card";
import { type Key, pageOfKey } from "../../_lib/key";

/** Who created the key, when it was last used, and its place in a chain of rotations. */
export function KeyFacts({ apiKey }: { apiKey: Key }) {
  const facts: Fact[] = [
    ["Created by", <Creator key="creator" userId={apiKey.created_by} />],
    ["Created", <Moment key="made" iso={apiKey.created_at} />],
    ["Last used", apiKey.last_used_at ? <Moment key="used" iso={apiKey.last_used_at} /> : "Never"],
  ];
  if (apiKey.grace_ends_at !== null) {
    const ended = apiKey.status === "rotated" || apiKey.status === "revoked";
    facts.push([ended ? "Stopped" : "Stops", <Moment key="grace" iso={apiKey.grace_ends_at} />]);
  }
  if (apiKey.suspension_reason !== null) facts.push(["Suspended by us", apiKey.suspension_reason]);
  if (apiKey.revoked_at !== null) facts.push(["Revoked", <Moment key="revoked" iso={apiKey.revoked_at} />]);
  if (apiKey.predecessor_id !== null) {
    facts.push(["Replaces", <RelatedKey key="before" id={apiKey.predecessor_id} />]);
  }
  if (apiKey.successor_id !== null) {
    facts.push(["Replaced by", <RelatedKey key="after" id={apiKey.successor_id} />]);
  }
  return <FactCard facts={facts} />;
}

function Creator({ userId }: { userId: string | null }) {
  const trpc = useTRPC();
  const team = useQuery(trpc.team.list.queryOptions(undefined, { enabled: userId !== null }));
  if (team.isPending && userId !== null) return "…";
  return team.data?.members.find((member) => member.user_id === userId)?.name ?? "A former member";
}

function Moment({ iso }: { iso: string }) {
  return (
    <span className="grid">
      <RelativeTime iso={iso} />
      <ExactTime iso={iso} className="text-[13px] text-muted" />
    </span>
  );
}

/** Links to the replaced or replacing key, named by the visible part of its secret. */
function RelatedKey({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.keys.get.queryOptions({ id }));
  return (
    <Link href={pageOfKey(id)} className="rounded-sm text-accent underline underline-offset-4">
      <code className="text-[13px]">{data ? `${data.prefix}…${data.last_four}` : `${id.slice(0, 12)}…`}</code>
    </Link>
  );
}
