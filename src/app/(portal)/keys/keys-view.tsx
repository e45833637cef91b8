"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogTrigger } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureNotice } from "../../client/failure-notice";
import { useTRPC } from "../../client/trpc";
import { PageHeader } from "../page-header";
import { CreateKeyDialog } from "./create-key-dialog";
import { KeyTable, KeyTableSkeleton } from "./key-table";

export function KeysView({ baseUrl }: { baseUrl: string }) {
  const trpc = useTRPC();
  const [creating, setCreating] = useState(false);
  const list = useInfiniteQuery(
    trpc.keys.list.infiniteQueryOptions({ limit: 50 }, { getNextPageParam: (page) => page.next_cursor }),
  );
  const keys = list.data?.pages.flatMap((page) => page.data) ?? [];

  return (
    <Dialog open={creating} onOpenChange={setCreating}>
      <PageHeader
        title="API keys"
        actions={
          <DialogTrigger asChild>
            <Button>
              <Plus aria-hidden="true" />
              Create key
            </Button>
          </DialogTrigger>
        }
      >
        A key lets a program call the models for your organization. It is shown once, when it is made.
      </PageHeader>
      {list.isPending && <KeyTableSkeleton />}
      {list.isError && (
        <FailureNotice
          error={list.error}
          title="Your keys could not be loaded"
          action={
            <Button variant="secondary" size="sm" onClick={() => void list.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {list.isSuccess && keys.length === 0 && (
        <EmptyState
          title="No keys yet"
          action={<Button onClick={() => setCreating(true)}>Create your first key</Button>}
        >
          Start with a test key: it answers from the simulator and costs nothing.
        </EmptyState>
      )}
      {keys.length > 0 && <KeyTable keys={keys} baseUrl={baseUrl} />}
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
      <CreateKeyDialog baseUrl={baseUrl} onDone={() => setCreating(false)} />
    </Dialog>
  );
}
