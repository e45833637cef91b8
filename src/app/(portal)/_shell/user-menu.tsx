"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown } from "lucide-react";
import { cn } from "@/components/cn";
import { MenuOnDemand } from "@/components/ui/overlays/menu-on-demand";
import { useTRPC } from "../../_client/trpc";

const menus = {
  top: () => import("./user-menu-items").then((module) => module.UserMenuAbove),
  bottom: () => import("./user-menu-items").then((module) => module.UserMenuBelow),
} as const;

export function UserMenu({ side, compact = false }: { side: "top" | "bottom"; compact?: boolean }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const name = me.data?.user.name || me.data?.user.email || "Account";
  const initial = (name[0] ?? "A").toUpperCase();

  return (
    <MenuOnDemand
      load={menus[side]}
      className={cn(
        "flex items-center gap-2.5 rounded-lg hover:bg-sunken",
        compact ? "p-1" : "w-full p-2 text-left",
      )}
    >
      <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent">
        {initial}
      </span>
      {compact ? (
        <span className="sr-only">Your account</span>
      ) : (
        <>
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{name}</span>
            <span className="block truncate text-[13px] text-muted">
              {me.data?.organization.name ?? "\u00a0"}
            </span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden="true" />
        </>
      )}
    </MenuOnDemand>
  );
}
