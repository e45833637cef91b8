"use client";

import { type QueryClient, type QueryKey, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import type { DraftColumn } from "./draft/draft";
import type { Body } from "./draft/to-body";
import type { Quote } from "./quote-labels";

const PAUSE_MS = 500;

export interface ColumnQuote {
  quote: Quote | undefined;
  /** Why this model would refuse the request. */
  error: unknown;
  /** It belongs to an earlier draft; the next is being fetched. */
  stale: boolean;
}

/** What the draft would need with each model, fetched whenever typing pauses. `body` is null while it has errors. */
export function useQuotes(columns: readonly DraftColumn[], body: Body | null, epoch: string): ColumnQuote[] {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const text = body === null ? null : JSON.stringify(body);
  const settled = useSettled(text);
  const keyOf = (model: string) => [...trpc.inference.quote.mutationKey(), model];
  return useQueries({
    queries: columns.map(({ model }) => ({
      queryKey: [...keyOf(model), settled, epoch],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        client.inference.quote.mutate({ model, ...(JSON.parse(settled ?? "{}") as Body) }, { signal }),
      enabled: settled !== null,
      placeholderData: () => latest(queryClient, keyOf(model)),
      retry: false,
      gcTime: 60_000,
    })),
  }).map(({ data, error, isPlaceholderData }) => ({
    quote: text === null ? undefined : data,
    error: text === null ? null : error,
    stale: isPlaceholderData || text !== settled,
  }));
}

/** The model's previous quote, shown until the next arrives, so that nothing flickers while typing. */
function latest(queryClient: QueryClient, queryKey: QueryKey): Quote | undefined {
  const known = queryClient.getQueryCache().findAll({ queryKey });
  const [last] = known.toSorted((left, right) => right.state.dataUpdatedAt - left.state.dataUpdatedAt);
  return last?.state.data as Quote | undefined;
}

/** The text once it has not changed for a moment; the first value at once. */
function useSettled(text: string | null): string | null {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
