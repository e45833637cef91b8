import type { Metadata } from "next";
import { Wordmark } from "@/components/brand/mark";
import { buttonVariants } from "@/components/ui/button-variants";
import { EmptyState } from "@/components/ui/empty-state";

export const metadata: Metadata = { title: "Not found" };

/** Every page loads this too: plain links keep it small. */
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
          title="Page not found"
          action={
            <>
              <a href="/" className={buttonVariants()}>
                Go to home page
              </a>
              <a href="/overview" className={buttonVariants({ variant: "secondary" })}>
                Open portal
              </a>
            </>
          }
        >
          The page has moved, or the link is wrong.
        </EmptyState>
      </main>
    </>
  );
}
