import Link from "next/link";
import { Wordmark } from "../brand/mark";
import { ThemeSwitch } from "../theme/theme-switch";

const links = [
  { href: "/pricing", label: "Pricing" },
  { href: "/docs", label: "Documentation" },
  { href: "/docs/api", label: "API reference" },
  { href: "/api/openapi.json", label: "OpenAPI document" },
  { href: "/status", label: "Status" },
  { href: "mailto:support@agathaai.com", label: "Support" },
  { href: "mailto:security@agathaai.com", label: "Security" },
];

export function PublicFooter() {
  return (
    <footer className="mt-24 border-t">
      <div className="mx-auto flex max-w-portal flex-wrap items-center gap-x-8 gap-y-5 px-5 py-8">
        <Wordmark className="text-sm" />
        <nav aria-label="Footer" className="flex flex-wrap gap-x-5 gap-y-2 text-muted">
          {links.map(({ href, label }) =>
            href.startsWith("/") && !href.startsWith("/api") ? (
              <Link key={href} href={href} className="hover:text-ink">
                {label}
              </Link>
            ) : (
              <a key={href} href={href} className="hover:text-ink">
                {label}
              </a>
            ),
          )}
        </nav>
        <ThemeSwitch className="ml-auto" />
      </div>
    </footer>
  );
}
