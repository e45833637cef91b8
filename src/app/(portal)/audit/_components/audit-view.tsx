"use client";

import Link from "next/link";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice, ShowMore } from "../../_components/query-states";
import { UrlState } from "../../_components/url-state";
import { filterUrlOrder, isFiltered, noFilters, toQuery, useFilters } from "../_lib/filters";
import { useNames } from "../_lib/use-names";
import { ArchiveNote } from "./archive-note";
import { AuditFilterBar } from "./audit-filter-bar";
import { EntryDrawer } from "./entry-drawer";
import { EntryTable } from "./entry-table";
import { ExportMenu } from "./export-menu";

const PAGE_SIZE = 50;

export function AuditView() {
  return (
    <UrlState order={filterUrlOrder}>
      <AuditList />
    </UrlState>
  );
}

function AuditList() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { filters, entry, change, open } = useFilters();
  const names = useNames();
  const list = usePages({
    queryKey: [...trpc.audit.list.pathKey(), "pages", filters],
    fetchPage: (cursor) =>
      client.audit.list.query({ limit: PAGE_SIZE, ...toQuery(filters, new Date()), ...cursor }),
    keepPrevious: true,
  });
  return (
    <>
      <PageHeader title="Audit log" actions={<ExportMenu query={toQuery(filters, new Date())} />}>
        Who did what, and when. Each entry is chained to the one before, so changes are detected. You can{" "}
        <Link href="/audit/stream" className="text-accent underline underline-offset-4">
          stream it
        </Link>{" "}
        to your own receiver, and read it as{" "}
        <Link href="/audit/reports" className="text-accent underline underline-offset-4">
          reports
        </Link>
        .
      </PageHeader>
      <AuditFilterBar filters={filters} names={names} onChange={change} />
      {list.isPending && <ListSkeleton label="Loading the audit log" rows={10} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load the audit log" className="mb-4" />}
      {list.isSuccess && list.items.length === 0 && (
        <NoEntries filtered={isFiltered(filters)} onClear={() => change(noFilters)} />
      )}
      {list.items.length > 0 && (
        <EntryTable entries={list.items} stale={list.isPlaceholderData} nameOf={names.nameOf} onOpen={open} />
      )}
      <ShowMore list={list} />
      {list.isSuccess && !list.hasNextPage && (
        <ArchiveNote reachesBackTo={list.reachesBackTo} from={toQuery(filters, new Date()).created?.gte} />
      )}
      {entry !== null && (
        <EntryDrawer
          id={entry}
          nameOf={names.nameOf}
          onFilter={change}
          onOpen={open}
          onClose={() => open(null)}
        />
      )}
    </>
  );
}

function NoEntries({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (!filtered) {
    return <EmptyState title="No entries yet">Sign-ins and changes appear here within a second.</EmptyState>;
  }
  return (
    <EmptyState
      title="No entries match these filters"
      action={
        <Button variant="secondary" onClick={onClear}>
          Clear filters
        </Button>
      }
    />
  );
}
