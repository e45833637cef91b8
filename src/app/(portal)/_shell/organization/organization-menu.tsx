"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, Plus } from "lucide-react";
import { type ReactElement, useState } from "react";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/overlays/dropdown-menu";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../_client/failure";
import { enterOrganization } from "../../../_client/organization-tabs";
import { useTRPC } from "../../../_client/trpc";
import { CreateOrganizationDialog } from "./create-organization-dialog";

/** The member's organizations. Switching loads the page anew, so that nothing of the previous one stays on screen. */
export function OrganizationMenu({ trigger }: { trigger: ReactElement }) {
  const trpc = useTRPC();
  const [creating, setCreating] = useState(false);
  const list = useQuery(trpc.team.organizations.queryOptions({ order: "asc" }));
  const change = useMutation(
    trpc.team.switchOrganization.mutationOptions({
      onSuccess: ({ id }) => enterOrganization(id),
      meta: { refreshes: false },
      onError: (error) =>
        toast("Couldn’t switch organizations", {
          description: readFailure(error).message,
          tone: "danger",
        }),
    }),
  );
  return (
    <>
      <DropdownMenu defaultOpen>
        <DropdownMenuTrigger asChild>{trigger}</DropdownMenuTrigger>
        <DropdownMenuContent align="start" className="w-64">
          <DropdownMenuLabel>Organizations</DropdownMenuLabel>
          {list.data?.data.map(({ id, name, current }) => (
            <DropdownMenuItem
              key={id}
              disabled={change.isPending}
              onSelect={() => {
                if (!current) change.mutate({ organization_id: id });
              }}
            >
              <span className="min-w-0 flex-1 truncate">{name}</span>
              {current && <Check aria-label="current" />}
            </DropdownMenuItem>
          ))}
          {list.isPending && <DropdownMenuLabel>Loading…</DropdownMenuLabel>}
          {list.isError && <DropdownMenuLabel>Couldn’t load your organizations.</DropdownMenuLabel>}
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => setCreating(true)}>
            <Plus aria-hidden="true" /> Create organization
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {creating && <CreateOrganizationDialog onDone={() => setCreating(false)} />}
    </>
  );
}
