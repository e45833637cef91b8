"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Select } from "@/components/ui/select";
import { FailureNotice } from "../../client/failure-notice";
import { useTRPC, useTRPCClient } from "../../client/trpc";
import { usePages } from "../../client/use-pages";
import { PageHeader } from "../page-header";
import { type Filters, readFilters, toQuery } from "./filters";
import { isLive, statuses, statusLabel } from "./request-status";
import { RequestTable, RequestTableSkeleton } from "./request-table";

const PAGE_SIZE = 25;
const BUSY_POLL_MS = 2_000;
const QUIET_POLL_MS = 10_000;

export function RequestsView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const router = useRouter();
  const search = useSearchParams();
  const filters = readFilters((name) => search.get(name));
  const filtered = Object.keys(filters).length > 0;

  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const list = usePages({
    queryKey: [...trpc.inference.list.pathKey(), "pages", filters],
    fetchPage: (cursor) => client.inference.list.query({ limit: PAGE_SIZE, ...filters, ...cursor }),
    pollAfter: (items) => (items.some(({ status }) => isLive(status)) ? BUSY_POLL_MS : QUIET_POLL_MS),
    keepPrevious: true,
  });
  const requests = list.items;
  const modelIds = models.data?.data.map(({ id }) => id) ?? [];
  const choose = (part: { [Name in keyof Filters]?: string }) => {
    const next = readFilters((name) => ({ ...filters, ...part })[name as keyof Filters] ?? null);
    router.replace(`/requests${toQuery(next)}`, { scroll: false });
  };

  return (
    <>
      <PageHeader
        title="Requests"
        actions={
          <>
            <Select
              aria-label="Status"
              className="flex-1 sm:w-40 sm:flex-none"
              value={filters.status ?? ""}
              onChange={(event) => choose({ status: event.currentTarget.value })}
            >
              <option value="">Any status</option>
              {statuses.map((status) => (
                <option key={status} value={status}>
                  {statusLabel(status)}
                </option>
              ))}
            </Select>
            <Select
              aria-label="Model"
              className="flex-1 sm:w-48 sm:flex-none"
              value={filters.model ?? ""}
              onChange={(event) => choose({ model: event.currentTarget.value })}
            >
              <option value="">Any model</option>
              {filters.model && !modelIds.includes(filters.model) && (
                <option value={filters.model}>{filters.model}</option>
              )}
              {modelIds.map((id) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
            </Select>
          </>
        }
      >
        Everything your organization has sent, newest first.
      </PageHeader>
      {list.isPending && <RequestTableSkeleton />}
      {list.isError && (
        <FailureNotice
          error={list.error}
          title="Your requests could not be loaded"
          className="mb-4"
          action={
            <Button variant="secondary" size="sm" onClick={() => void list.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {list.isSuccess && requests.length === 0 && filtered && (
        <EmptyState
          title="No request fits these filters"
          action={
            <Button asChild variant="secondary">
              <Link href="/requests">Clear the filters</Link>
            </Button>
          }
        />
      )}
      {list.isSuccess && requests.length === 0 && !filtered && (
        <EmptyState
          title="No requests yet"
          action={
            <>
              <Button asChild>
                <Link href="/playground">Try a prompt</Link>
              </Button>
              <Button asChild variant="secondary">
                <Link href="/keys">Create a key</Link>
              </Button>
            </>
          }
        >
          Each one shows here with its status, its tokens and its cost.
        </EmptyState>
      )}
      {requests.length > 0 && <RequestTable requests={requests} stale={list.isPlaceholderData} />}
      {list.hasNextPage && (
        <Button
          variant="secondary"
          className="mt-4"
          pending={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}
