"use client";

import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../client/trpc";
import { usePages } from "../../../client/use-pages";
import { PageHeader } from "../../page-header";
import { EntryTable } from "../entry-table";
import { RowsSkeleton } from "../rows-skeleton";
import { TryAgain } from "../try-again";

export function AuditView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.operators.audit.pathKey(), "pages"],
    fetchPage: (cursor) => client.operators.audit.query(cursor),
  });
  return (
    <>
      <PageHeader title="Audit">
        What operators did, in every organization’s chain and in our own. Entries cannot be changed.
      </PageHeader>
      {list.isPending && <RowsSkeleton label="Loading the audit trail" />}
      {list.isError && (
        <TryAgain
          error={list.error}
          title="The audit trail could not be loaded"
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isSuccess && list.items.length === 0 && (
        <EmptyState title="Nothing done yet">What an operator does appears here.</EmptyState>
      )}
      {list.items.length > 0 && <EntryTable entries={list.items} label="What operators did" />}
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
