import { Button } from "@/components/ui/button";
import type { combinedLabels } from "../_lib/quote-labels";

interface SendBarProps {
  /** What all answers together need at most; null for a single one, and until it is known. */
  combined: ReturnType<typeof combinedLabels>;
  running: boolean;
  columns: number;
  /** The last try to send found errors in the form. */
  notSent: boolean;
  onStop(): void;
}

/** Stays in view on tall screens however long the form is; a focused field scrolls clear of it. */
export function SendBar({ combined, running, columns, notSent, onStop }: SendBarProps) {
  return (
    <div className="-mx-4 grid gap-3 rounded-b-lg border-t bg-surface px-4 py-4 sm:-mx-5 sm:px-5 lg:sticky lg:bottom-0 lg:z-10">
      {combined && (
        <p className="num text-[13px] text-muted">
          {combined.line}. {combined.problem && <span className="text-danger">{combined.problem}</span>}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" pending={running}>
          {running ? "Running" : "Send"}
        </Button>
        {running && (
          <Button variant="secondary" onClick={onStop}>
            {columns > 1 ? "Stop all" : "Stop"}
          </Button>
        )}
        <span className="hidden text-[13px] text-muted sm:block">
          {running ? (
            <>
              <kbd>Esc</kbd> to stop
            </>
          ) : (
            <>
              <kbd>⌘</kbd> or <kbd>Ctrl</kbd> with <kbd>↵</kbd> to send
            </>
          )}
        </span>
      </div>
      {notSent && (
        <p role="alert" className="text-[13px] text-danger">
          Not sent. Fix the fields marked in red.
        </p>
      )}
    </div>
  );
}
