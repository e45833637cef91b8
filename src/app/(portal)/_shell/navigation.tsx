"use client";

import { useQuery } from "@tanstack/react-query";
import {
  Blocks,
  Bot,
  ChartColumnStacked,
  CreditCard,
  KeyRound,
  LayoutDashboard,
  List,
  type LucideIcon,
  ScrollText,
  Settings,
  ShieldCheck,
  SquareTerminal,
  Users,
  Webhook,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/cn";
import { useTRPC } from "../../_client/trpc";
import { type Scope, useScopes } from "../../_client/use-scopes";

interface NavigationItem {
  href: string;
  label: string;
  Icon: LucideIcon;
  /** The scope without which the page is of no use. */
  needs?: Scope;
}

const allItems: readonly NavigationItem[] = [
  { href: "/overview", label: "Overview", Icon: LayoutDashboard },
  { href: "/playground", label: "Playground", Icon: SquareTerminal, needs: "inference:write" },
  { href: "/keys", label: "API keys", Icon: KeyRound, needs: "keys:read" },
  { href: "/requests", label: "Requests", Icon: List, needs: "history:read" },
  { href: "/usage", label: "Usage", Icon: ChartColumnStacked },
  { href: "/webhooks", label: "Webhooks", Icon: Webhook, needs: "webhooks:read" },
  { href: "/apps", label: "Apps", Icon: Blocks, needs: "keys:read" },
  { href: "/service-accounts", label: "Service accounts", Icon: Bot, needs: "keys:read" },
  { href: "/billing", label: "Billing", Icon: CreditCard, needs: "billing:read" },
  { href: "/team", label: "Team", Icon: Users },
  { href: "/audit", label: "Audit log", Icon: ScrollText, needs: "audit:read" },
  { href: "/settings", label: "Settings", Icon: Settings },
];

const operatorItem: NavigationItem = { href: "/admin", label: "Operator", Icon: ShieldCheck };

/** The pages that the role of the signed-in member can use; all of them until the role is known, so that none appears late. */
export function useNavigationItems(): readonly NavigationItem[] {
  const trpc = useTRPC();
  const scopes = useScopes();
  const me = useQuery(trpc.account.me.queryOptions());
  const operator = me.data?.user.role === "operator" && me.data.user.email_verified;
  const items = allItems.filter(({ needs }) => needs === undefined || scopes?.has(needs) !== false);
  return operator ? [...items, operatorItem] : items;
}

export function Navigation({ onNavigate = () => {} }: { onNavigate?: () => void }) {
  const path = usePathname();
  const items = useNavigationItems();
  return (
    <nav aria-label="Portal">
      <ul className="grid gap-0.5">
        {items.map(({ href, label, Icon }) => {
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
