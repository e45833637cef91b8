"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { cn } from "@/components/cn";

const items = [
  { href: "/admin", label: "Organizations", also: "/admin/organizations" },
  { href: "/admin/suspensions", label: "Suspensions" },
  { href: "/admin/holds", label: "Legal holds" },
  { href: "/admin/inquiries", label: "Inquiries" },
  { href: "/admin/billing", label: "Billing" },
  { href: "/admin/models", label: "Models" },
  { href: "/admin/drift", label: "Usage drift" },
  { href: "/admin/status", label: "Status" },
  { href: "/admin/queues", label: "Queues" },
  { href: "/admin/reports", label: "Reports" },
  { href: "/admin/audit", label: "Audit log" },
] as const;

/** The console's pages. On a phone they scroll sideways, to the one that is open. */
export function AdminNavigation() {
  const path = usePathname();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const bar = nav.current;
    const link = path && bar?.querySelector<HTMLElement>('[aria-current="page"]');
    if (bar && link) bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
  }, [path]);
  const within = (href: string) => path === href || path.startsWith(`${href}/`);
  return (
    <nav ref={nav} aria-label="Operator console" className="relative mb-8 overflow-x-auto border-b">
      <ul className="flex gap-1">
        {items.map((item) => {
          const here = item.href === "/admin" ? path === "/admin" || within(item.also) : within(item.href);
          return (
            <li key={item.href}>
              <Link
                href={item.href}
                aria-current={here ? "page" : undefined}
                className={cn(
                  "flex h-10 items-center whitespace-nowrap border-b-2 px-3 transition-colors",
                  here
                    ? "border-accent font-medium text-ink"
                    : "border-transparent text-muted hover:text-ink",
                )}
              >
                {item.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
