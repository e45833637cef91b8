import { Button } from "@/components/ui/button";
import { FailureNotice } from "../../_client/failure-notice";

interface RetryNoticeProps {
  query: { error: unknown; refetch: () => Promise<unknown> };
  /** "Couldn't load your keys". */
  title: string;
  className?: string;
}

/** A query that failed, and the way to try it again. */
export function RetryNotice({ query, title, className }: RetryNoticeProps) {
  return (
    <FailureNotice
      error={query.error}
      title={title}
      {...(className ? { className } : {})}
      action={
        <Button variant="secondary" size="sm" onClick={() => void query.refetch()}>
          Try again
        </Button>
      }
    />
  );
}

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** Loads the next page of a list, while there is one. */
export function ShowMore({ list }: { list: Pages }) {
  if (!list.hasNextPage) return null;
  return (
    <Button
      variant="secondary"
      className="mt-4"
      pending={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      Show more
    </Button>
  );
}
