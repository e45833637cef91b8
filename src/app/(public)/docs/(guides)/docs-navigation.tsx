"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/cn";

const places = [
  { href: "/docs", label: "Getting started" },
  { href: "/docs/limits", label: "Limits" },
  { href: "/docs/errors", label: "Errors" },
  { href: "/docs/api", label: "API reference" },
] as const;

export function DocsNavigation() {
  const path = usePathname();
  return (
    <nav aria-label="Documentation" className="md:sticky md:top-8 md:self-start">
      <ul className="flex flex-wrap gap-x-1 gap-y-1 md:grid">
        {places.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={path === href ? "page" : undefined}
              className={cn(
                "block rounded-lg px-3 py-1.5 transition-colors",
                path === href
                  ? "bg-sunken font-medium text-ink"
                  : "text-muted hover:bg-sunken hover:text-ink",
              )}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
