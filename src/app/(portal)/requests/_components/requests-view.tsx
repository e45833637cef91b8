"use client";

import Link from "next/link";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice, ShowMore } from "../../_components/query-states";
import { isLive } from "../../_components/request-status";
import { UrlState } from "../../_components/url-state";
import { type Filters, filterUrlOrder, noFilters, toQuery, useFilters } from "../_lib/filters";
import { useStableRows } from "../_lib/use-stable-rows";
import { DeleteRequestDialog } from "./delete-request-dialog";
import { FilterBar } from "./filter-bar";
import { RequestTable } from "./request-table";

const PAGE_SIZE = 25;
const BUSY_POLL_MS = 2_000;
const QUIET_POLL_MS = 10_000;

export function RequestsView() {
  return (
    <UrlState order={filterUrlOrder}>
      <RequestList />
    </UrlState>
  );
}

function RequestList() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [filters, setFilters] = useFilters();
  const [deleting, setDeleting] = useState<string | null>(null);

  const list = usePages({
    queryKey: [...trpc.history.list.pathKey(), "pages", filters],
    fetchPage: (cursor) =>
      client.history.list.query({ limit: PAGE_SIZE, ...toQuery(filters, new Date()), ...cursor }),
    pollAfter: (items) => (items.some(({ status }) => isLive(status)) ? BUSY_POLL_MS : QUIET_POLL_MS),
    keepPrevious: true,
  });
  const { shown, waiting, showAll, release, pauseProps } = useStableRows(list.items);
  const change = (part: Partial<Filters>) => {
    release();
    setFilters(part);
  };

  return (
    <>
      <PageHeader title="Requests">Everything your organization has sent, newest first.</PageHeader>
      <FilterBar filters={filters} onChange={change} />
      {list.isPending && <ListSkeleton label="Loading your requests" rows={5} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your requests" className="mb-4" />}
      {list.isSuccess && list.items.length === 0 && (
        <NoRequests filtered={isFiltered(filters)} onClear={() => change(noFilters)} />
      )}
      {list.items.length > 0 && (
        <div {...pauseProps} className="relative">
          <div aria-live="polite" className="absolute inset-x-0 -top-4 z-10 flex justify-center">
            {waiting > 0 && (
              <Button size="sm" onClick={showAll}>
                Show {waiting} new
              </Button>
            )}
          </div>
          <RequestTable requests={shown} stale={list.isPlaceholderData} onDelete={setDeleting} />
        </div>
      )}
      <ShowMore list={list} />
      {deleting !== null && <DeleteRequestDialog id={deleting} onClose={() => setDeleting(null)} />}
    </>
  );
}

function isFiltered({ metadata, ...others }: Filters): boolean {
  return Object.keys(metadata).length > 0 || Object.values(others).some((value) => value !== null);
}

function NoRequests({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState
        title="No requests match these filters"
        action={
          <Button variant="secondary" onClick={onClear}>
            Clear filters
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      title="No requests yet"
      action={
        <>
          <Button asChild>
            <Link href="/playground">Try a prompt</Link>
          </Button>
          <Button asChild variant="secondary">
            <Link href="/keys">Create key</Link>
          </Button>
        </>
      }
    >
      Each one appears here with its status, tokens and cost.
    </EmptyState>
  );
}
