"use client";

import { keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

interface Page<Item> {
  data: Item[];
  next_cursor: string | null;
  /** Of lists whose earlier items are in an archive. */
  reaches_back_to?: string | null;
}

interface PagesOptions<Item> {
  queryKey: QueryKey;
  /** One page; the first one has no cursor. */
  fetchPage: (cursor: { cursor?: string }) => Promise<Page<Item>>;
  /** Milliseconds until the loaded pages are read again; false for never. */
  pollAfter?: (items: Item[]) => number | false;
  /** Keep showing the current list while another loads, as after a filter change. */
  keepPrevious?: boolean;
}

/**
 * A list of the API, page by page. It uses the plain client, because tRPC's own infinite query adds a `direction` to
 * the input, which our strict schemas refuse.
 */
export function usePages<Item>({ queryKey, fetchPage, pollAfter, keepPrevious = false }: PagesOptions<Item>) {
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam === null ? {} : { cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) =>
      pollAfter?.(state.data?.pages.flatMap((page) => page.data) ?? []) ?? false,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
  return {
    ...list,
    items: list.data?.pages.flatMap((page) => page.data) ?? [],
    reachesBackTo: list.data?.pages.at(-1)?.reaches_back_to ?? null,
  };
}
