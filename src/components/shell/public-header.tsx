import Link from "next/link";
import { Wordmark } from "../brand/mark";
import { Button } from "../ui/button";

export function PublicHeader({ signedIn }: { signedIn: boolean }) {
  return (
    <header className="border-b">
      <div className="mx-auto flex h-16 max-w-portal items-center gap-6 px-5">
        <Link href="/" aria-label="AgathaAI, home" className="flex rounded-md">
          <Wordmark />
        </Link>
        <nav aria-label="Main" className="ml-auto flex items-center gap-1 sm:gap-2">
          <Link href="/#models" className="hidden rounded-md px-3 py-2 text-muted hover:text-ink sm:block">
            Models
          </Link>
          <Link href="/pricing" className="hidden rounded-md px-3 py-2 text-muted hover:text-ink sm:block">
            Pricing
          </Link>
          <Link href="/docs" className="hidden rounded-md px-3 py-2 text-muted hover:text-ink sm:block">
            Docs
          </Link>
          {signedIn ? (
            <Button asChild>
              <Link href="/overview">Open the portal</Link>
            </Button>
          ) : (
            <>
              <Link href="/sign-in" className="rounded-md px-3 py-2 text-muted hover:text-ink">
                Sign in
              </Link>
              <Button asChild>
                <Link href="/sign-up">Create account</Link>
              </Button>
            </>
          )}
        </nav>
      </div>
    </header>
  );
}
