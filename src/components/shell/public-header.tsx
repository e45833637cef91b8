import Link from "next/link";
import { Wordmark } from "../brand/mark";
import { Button } from "../ui/button";
import { type PublicLink, PublicMenu } from "./public-menu";

const links: readonly PublicLink[] = [
  { href: "/#models", label: "Models" },
  { href: "/pricing", label: "Pricing" },
  { href: "/docs", label: "Docs" },
];
const signIn: PublicLink = { href: "/sign-in", label: "Sign in" };
const linkClasses = "hidden rounded-md px-3 py-2 text-muted hover:text-ink sm:block";

export function PublicHeader({ signedIn }: { signedIn: boolean }) {
  return (
    <header className="border-b">
      <div className="mx-auto flex h-16 max-w-portal items-center gap-3 px-5 sm:gap-6">
        <Link href="/" aria-label="AgathaAI, home" className="flex rounded-md">
          <Wordmark />
        </Link>
        <nav aria-label="Main" className="ml-auto flex items-center gap-1 sm:gap-2">
          {links.map(({ href, label }) => (
            <Link key={href} href={href} className={linkClasses}>
              {label}
            </Link>
          ))}
          {signedIn ? (
            <Button asChild>
              <Link href="/overview">Open portal</Link>
            </Button>
          ) : (
            <>
              <Link href={signIn.href} className={linkClasses}>
                {signIn.label}
              </Link>
              <Button asChild>
                <Link href="/sign-up">Create account</Link>
              </Button>
            </>
          )}
          <PublicMenu links={signedIn ? links : [...links, signIn]} />
        </nav>
      </div>
    </header>
  );
}
