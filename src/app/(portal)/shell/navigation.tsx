"use client";

import {
  ChartColumnStacked,
  CreditCard,
  KeyRound,
  LayoutDashboard,
  List,
  Settings,
  SquareTerminal,
  Users,
  Webhook,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/cn";

export const places = [
  { href: "/overview", label: "Overview", Icon: LayoutDashboard },
  { href: "/playground", label: "Playground", Icon: SquareTerminal },
  { href: "/keys", label: "API keys", Icon: KeyRound },
  { href: "/requests", label: "Requests", Icon: List },
  { href: "/usage", label: "Usage", Icon: ChartColumnStacked },
  { href: "/webhooks", label: "Webhooks", Icon: Webhook },
  { href: "/billing", label: "Billing", Icon: CreditCard },
  { href: "/team", label: "Team", Icon: Users },
  { href: "/settings", label: "Settings", Icon: Settings },
] as const;

export function Navigation({ onNavigate = () => {} }: { onNavigate?: () => void }) {
  const path = usePathname();
  return (
    <nav aria-label="Portal">
      <ul className="grid gap-0.5">
        {places.map(({ href, label, Icon }) => {
          const here = path === href || path.startsWith(`${href}/`);
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={here ? "page" : undefined}
                onClick={onNavigate}
                className={cn(
                  "flex h-9 items-center gap-2.5 rounded-lg px-3 transition-colors",
                  here ? "bg-sunken font-medium text-ink" : "text-muted hover:bg-sunken hover:text-ink",
                )}
              >
                <Icon className={cn("size-4", here && "text-accent")} aria-hidden="true" />
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
