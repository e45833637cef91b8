"use client";

import { useQuery } from "@tanstack/react-query";
import { Building2, ChevronsUpDown } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { MenuOnDemand } from "@/components/ui/overlays/menu-on-demand";
import { useTRPC } from "../../../_client/trpc";

const menu = () => import("./organization-menu").then((module) => module.OrganizationMenu);

/** Names the current organization and opens the menu of all. */
export function OrganizationSwitcher() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.account.me.queryOptions());
  return (
    <MenuOnDemand
      load={menu}
      className="flex w-full items-center gap-2.5 rounded-lg border bg-surface px-3 py-2 text-left hover:bg-sunken"
    >
      <Building2 className="size-4 shrink-0 text-muted" aria-hidden="true" />
      <span className="min-w-0 flex-1 truncate font-medium" title={data?.organization.name}>
        <span className="sr-only">Organization: </span>
        {data?.organization.name ?? "\u00a0"}
      </span>
      {data && <Badge className="capitalize">{data.organization.plan}</Badge>}
      <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden="true" />
    </MenuOnDemand>
  );
}
