import type { ReactNode } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import type { usePages } from "../../../_client/use-pages";
import { RetryNotice, ShowMore } from "../../_components/query-states";

interface ConsoleListProps<Item> {
  list: ReturnType<typeof usePages<Item>>;
  /** As in "Couldn't load the incidents". */
  name: string;
  empty: ReactNode;
  /** Below the last item. */
  end?: ReactNode;
  children: (items: Item[]) => ReactNode;
}

/** A list of the console: loading, failed, empty or full, with its next page. */
export function ConsoleList<Item>({ list, name, empty, end, children }: ConsoleListProps<Item>) {
  if (list.isPending) return <ListSkeleton label={`Loading ${name}`} />;
  return (
    <>
      {list.isError && <RetryNotice query={list} title={`Couldn’t load ${name}`} />}
      {list.isSuccess && list.items.length === 0 && empty}
      {list.items.length > 0 && children(list.items)}
      <ShowMore list={list} />
      {list.isSuccess && !list.hasNextPage && end}
    </>
  );
}
