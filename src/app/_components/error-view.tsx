import { buttonVariants } from "@/components/ui/button-variants";
import { EmptyState } from "@/components/ui/empty-state";

function digestOf(error: unknown): string | undefined {
  const digest = error instanceof Error ? Reflect.get(error, "digest") : undefined;
  return typeof digest === "string" ? digest : undefined;
}

/**
 * A page that failed to render: what it means, a retry, and the digest under which the server logged it. Every page
 * loads this, so it imports little.
 */
export function ErrorView({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = digestOf(error);
  return (
    <div role="alert">
      <EmptyState
        title="We couldn’t show this page"
        action={
          <button type="button" className={buttonVariants()} onClick={retry}>
            Try again
          </button>
        }
      >
        This is our fault. Nothing in your account changed. If it happens again, email{" "}
        <a href="mailto:support@agathaai.com" className="text-accent underline underline-offset-4">
          support@agathaai.com
        </a>
        {digest ? (
          <>
            {" "}
            and quote <code>{digest}</code>.
          </>
        ) : (
          "."
        )}
      </EmptyState>
    </div>
  );
}
