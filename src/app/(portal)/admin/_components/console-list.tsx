import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import type { usePages } from "../../../_client/use-pages";
import { RowsSkeleton } from "./rows-skeleton";
import { TryAgain } from "./try-again";

interface ConsoleListProps<Item> {
  list: ReturnType<typeof usePages<Item>>;
  /** In sentences about it: "the incidents". */
  name: string;
  /** "The incidents could not be loaded". */
  failure: string;
  empty: ReactNode;
  children: (items: Item[]) => ReactNode;
}

/** A list of the console in each of its states, and the way to its next page. */
export function ConsoleList<Item>({ list, name, failure, empty, children }: ConsoleListProps<Item>) {
  if (list.isPending) return <RowsSkeleton label={`Loading ${name}`} />;
  return (
    <>
      {list.isError && <TryAgain error={list.error} title={failure} onRetry={() => void list.refetch()} />}
      {list.isSuccess && list.items.length === 0 && empty}
      {list.items.length > 0 && children(list.items)}
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
