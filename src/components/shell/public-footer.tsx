import Link from "next/link";
import { Wordmark } from "../brand/mark";
import { ThemeSwitch } from "../theme/theme-switch";

const columns = [
  {
    title: "Product",
    links: [
      { href: "/#models", label: "Models" },
      { href: "/pricing", label: "Pricing" },
      { href: "/enterprise", label: "Enterprise" },
      { href: "/status", label: "Status" },
    ],
  },
  {
    title: "Developers",
    links: [
      { href: "/docs", label: "Documentation" },
      { href: "/docs/api", label: "API reference" },
      { href: "/docs/errors", label: "Errors" },
      { href: "/api/openapi.json", label: "OpenAPI document" },
    ],
  },
  {
    title: "Help and terms",
    links: [
      { href: "mailto:support@agathaai.com", label: "Support" },
      { href: "/docs/security", label: "Security" },
      { href: "/terms", label: "Terms" },
      { href: "/privacy", label: "Privacy" },
      { href: "/dpa", label: "Data processing" },
      { href: "/baa", label: "Health data (BAA)" },
      { href: "/subprocessors", label: "Sub-processors" },
      { href: "/do-not-sell", label: "Do not sell or share" },
    ],
  },
] as const;

const isPage = (href: string) => href.startsWith("/") && !href.startsWith("/api/");
const linkClasses = "inline-block rounded-sm py-1 text-muted hover:text-ink";

export function PublicFooter() {
  return (
    <footer className="mt-24 border-t">
      <div className="mx-auto grid max-w-portal gap-x-8 gap-y-10 px-5 py-12 md:grid-cols-[minmax(0,1fr)_auto]">
        <div className="flex items-center justify-between gap-5 md:flex-col md:items-start">
          <div>
            <Wordmark className="text-sm" />
            <p className="mt-2 hidden text-muted sm:block">Many models. One API. No surprise bill.</p>
          </div>
          <ThemeSwitch />
        </div>
        <nav aria-label="Footer" className="grid grid-cols-2 gap-x-8 gap-y-8 sm:grid-cols-3 md:gap-x-16">
          {columns.map(({ title, links }) => (
            <div key={title}>
              <p className="mb-1.5 font-medium">{title}</p>
              <ul>
                {links.map(({ href, label }) => (
                  <li key={href}>
                    {isPage(href) ? (
                      <Link href={href} className={linkClasses}>
                        {label}
                      </Link>
                    ) : (
                      <a href={href} className={linkClasses}>
                        {label}
                      </a>
                    )}
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
      </div>
    </footer>
  );
}
