import type { Metadata } from "next";
import Link from "next/link";
import { Wordmark } from "@/components/brand/mark";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <>
      <header className="flex h-16 items-center px-5">
        <Link href="/" aria-label="AgathaAI, home" className="flex rounded-md">
          <Wordmark />
        </Link>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-prose px-5 pt-[10vh] outline-none">
        <h1 className="sr-only">Not found</h1>
        <EmptyState
          title="There is nothing at this address"
          action={
            <>
              <Button asChild>
                <Link href="/">Go to the start</Link>
              </Button>
              <Button asChild variant="secondary">
                <Link href="/overview">Open the portal</Link>
              </Button>
            </>
          }
        >
          The page was moved, or the link has a mistake in it.
        </EmptyState>
      </main>
    </>
  );
}
