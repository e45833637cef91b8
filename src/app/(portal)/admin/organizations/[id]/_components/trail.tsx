"use client";

import { Button } from "@/components/ui/button";
import { useTRPC, useTRPCClient } from "../../../../../_client/trpc";
import { usePages } from "../../../../../_client/use-pages";
import { EntryTable } from "../../../_components/entry-table";
import { RowsSkeleton } from "../../../_components/rows-skeleton";
import { TryAgain } from "../../../_components/try-again";

/** What was done in the organization, without its plain API calls. */
export function Trail({ organizationId: id }: { organizationId: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.operators.organizationAudit.pathKey(), "pages", id],
    fetchPage: (cursor) => client.operators.organizationAudit.query({ id, ...cursor }),
  });
  return (
    <section aria-labelledby="trail">
      <h2 id="trail" className="mb-3 font-semibold text-base">
        {" "}
        Audit log{" "}
      </h2>
      {list.isPending && <RowsSkeleton label="Loading the audit log" />}
      {list.isError && (
        <TryAgain
          error={list.error}
          title="Couldn't load the audit log"
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isSuccess && list.items.length === 0 && <p className="text-muted">No entries yet.</p>}
      {list.items.length > 0 && <EntryTable entries={list.items} label="The organization's audit log" />}
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
    </section>
  );
}
