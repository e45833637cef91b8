import type { Metadata } from "next";
import { Wordmark } from "@/components/brand/mark";
import { buttonVariants } from "@/components/ui/button-variants";
import { EmptyState } from "@/components/ui/empty-state";

export const metadata: Metadata = { title: "Not found" };

/** Every page carries this along: plain links keep it light. */
export default function NotFound() {
  return (
    <>
      <header className="flex h-16 items-center px-5">
        <a href="/" aria-label="AgathaAI, home" className="flex rounded-md">
          <Wordmark />
        </a>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-prose px-5 pt-[10vh] outline-none">
        <h1 className="sr-only">Not found</h1>
        <EmptyState
          title="There is nothing at this address"
          action={
            <>
              <a href="/" className={buttonVariants()}>
                Go to the start
              </a>
              <a href="/overview" className={buttonVariants({ variant: "secondary" })}>
                Open the portal
              </a>
            </>
          }
        >
          The page was moved, or the link has a mistake in it.
        </EmptyState>
      </main>
    </>
  );
}
