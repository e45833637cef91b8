"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice, ShowMore } from "../../_components/query-states";
import { type Filters, readFilters, toAddress, toQuery } from "../_lib/filters";
import { useStableRows } from "../_lib/use-stable-rows";
import { DeleteRequestDialog } from "./delete-request-dialog";
import { FilterBar } from "./filter-bar";
import { isLive } from "./request-status";
import { RequestTable, RequestTableSkeleton } from "./request-table";

const PAGE_SIZE = 25;
const BUSY_POLL_MS = 2_000;
const QUIET_POLL_MS = 10_000;

export function RequestsView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const path = usePathname();
  const filters = readFilters(new URLSearchParams(useSearchParams()));
  const filtered = Object.keys(filters).length > 0;
  const [deleting, setDeleting] = useState<string | null>(null);

  const list = usePages({
    queryKey: [...trpc.history.list.pathKey(), "pages", filters],
    fetchPage: (cursor) =>
      client.history.list.query({ limit: PAGE_SIZE, ...toQuery(filters, new Date()), ...cursor }),
    pollAfter: (items) => (items.some(({ status }) => isLive(status)) ? BUSY_POLL_MS : QUIET_POLL_MS),
    keepPrevious: true,
  });
  const { shown, waiting, showAll, release, pauseProps } = useStableRows(list.items);
  // Each choice is a step that the back button undoes; the page itself is not loaded again for it.
  const choose = (next: Filters) => {
    release();
    window.history.pushState(null, "", `${path}${toAddress(next)}`);
  };

  return (
    <>
      <PageHeader title="Requests">Everything your organization has sent, newest first.</PageHeader>
      <FilterBar filters={filters} onChange={choose} />
      {list.isPending && <RequestTableSkeleton />}
      {list.isError && <RetryNotice query={list} title="Couldn't load your requests" className="mb-4" />}
      {list.isSuccess && list.items.length === 0 && (
        <NoRequests filtered={filtered} onClear={() => choose({})} />
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
