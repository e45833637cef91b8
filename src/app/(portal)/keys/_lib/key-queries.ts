"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { startOfMonth } from "@/shared/time";
import { useTRPC } from "../../../_client/trpc";
import type { Key } from "./key";

export interface KeyMonthUsage {
  requests: number;
  tokens: number;
}

const monthStart = () => {
  const now = new Date();
  return startOfMonth(now).toISOString();
};

/** Each key's usage since the month began (UTC), by one query per environment. */
export function useKeyUsage(keys: readonly Key[]): ReadonlyMap<string, KeyMonthUsage> | undefined {
  const trpc = useTRPC();
  const of = (environment: Key["environment"]) =>
    trpc.usage.get.queryOptions(
      { from: monthStart(), interval: "month", group_by: "api_key", environment },
      { enabled: keys.some((key) => key.environment === environment) },
    );
  const [live, test] = [useQuery(of("live")), useQuery(of("test"))];
  if ((live.isEnabled && !live.data) || (test.isEnabled && !test.data)) return undefined;
  const buckets = [...(live.data?.data ?? []), ...(test.data?.data ?? [])];
  return new Map(
    buckets.flatMap(({ group, requests, total_tokens }) =>
      group === null ? [] : [[group.id, { requests, tokens: total_tokens }]],
    ),
  );
}

/** One key's usage this month, by day. */
export function useDaysOfKey({ id, environment }: Pick<Key, "id" | "environment">) {
  const trpc = useTRPC();
  return useQuery(
    trpc.usage.get.queryOptions({ from: monthStart(), interval: "day", api_key_id: id, environment }),
  );
}

/** Reads keys again after one was created, changed, rotated or revoked. */
export function useRefreshKeys(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries(trpc.keys.pathFilter());
}
