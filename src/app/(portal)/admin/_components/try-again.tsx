import { Button } from "@/components/ui/button";
import { FailureNotice } from "../../../_client/failure-notice";

/** A list or a page that could not be loaded. */
export function TryAgain({ error, title, onRetry }: { error: unknown; title: string; onRetry: () => void }) {
  return (
    <FailureNotice
      error={error}
      title={title}
      action={
        <Button variant="secondary" size="sm" onClick={onRetry}>
          Try again
        </Button>
      }
    />
  );
}
