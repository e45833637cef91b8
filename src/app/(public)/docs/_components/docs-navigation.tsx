"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/cn";
import { guides } from "../_lib/guides";

/** Links to every guide: a column at the side, or a row on top on phones and on wide pages. */
export function DocsNavigation({ row = false }: { row?: boolean }) {
  const path = usePathname();
  return (
    <nav aria-label="Documentation" className={row ? undefined : "md:sticky md:top-8 md:self-start"}>
      <ul className={cn("-mx-3 flex flex-wrap gap-0.5", !row && "md:grid")}>
        {guides.map(({ href, label }) => (
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
