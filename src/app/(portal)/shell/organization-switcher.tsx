"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Building2, Check, ChevronsUpDown, Plus } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { toast } from "@/components/ui/toast-store";
import { readFailure } from "../../client/failure";
import { useTRPC } from "../../client/trpc";
import { CreateOrganizationDialog } from "./create-organization-dialog";

/** Which organization the pages are about. Another one is a full load: nothing of the one before may stay on screen. */
export function OrganizationSwitcher() {
  const trpc = useTRPC();
  const [creating, setCreating] = useState(false);
  const list = useQuery(trpc.team.organizations.queryOptions());
  const me = useQuery(trpc.account.me.queryOptions());
  const change = useMutation(
    trpc.team.switchOrganization.mutationOptions({
      onSuccess: () => location.assign("/"),
      onError: (error) =>
        toast("You are still in the same organization", {
          description: readFailure(error).message,
          tone: "danger",
        }),
    }),
  );
  const current = me.data?.organization;
  const choose = (id: string) => {
    if (id !== current?.id) change.mutate({ organization_id: id });
  };

  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger className="flex w-full items-center gap-2.5 rounded-lg border bg-surface px-3 py-2 text-left hover:bg-sunken">
          <Building2 className="size-4 shrink-0 text-muted" aria-hidden="true" />
          <span className="min-w-0 flex-1 truncate font-medium">
            <span className="sr-only">Organization: </span>
            {current?.name ?? "\u00a0"}
          </span>
          {current && <Badge className="capitalize">{current.plan}</Badge>}
          <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden="true" />
        </DropdownMenuTrigger>
        <DropdownMenuContent align="start" className="w-64">
          <DropdownMenuLabel>Organizations</DropdownMenuLabel>
          {list.data?.data.map((organization) => (
            <DropdownMenuItem
              key={organization.id}
              disabled={change.isPending}
              onSelect={() => choose(organization.id)}
            >
              <span className="min-w-0 flex-1 truncate">{organization.name}</span>
              {organization.current && <Check aria-label="current" />}
            </DropdownMenuItem>
          ))}
          {list.isError && <DropdownMenuLabel>The list could not be loaded.</DropdownMenuLabel>}
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => setCreating(true)}>
            <Plus aria-hidden="true" />
            New organization
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {creating && <CreateOrganizationDialog onDone={() => setCreating(false)} />}
    </>
  );
}
