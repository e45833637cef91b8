"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { OrganizationFrame } from "./organization-frame";

/** In place of every page, for a member who is not signed in through the company of the organization. */
export function CompanyRequired({ start }: { start: string }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const name = me.data?.organization.name ?? "This organization";
  return (
    <OrganizationFrame>
      <PageHeader title="Sign in with your company">
        {name} asks its members to sign in through the company. Your other organizations aren’t affected, and
        API keys keep working. Owners can also come in with a second factor that is at least a day old.
      </PageHeader>
      <Button asChild>
        <a href={`${start}?next=${encodeURIComponent("/overview")}`}>Continue to your company</a>
      </Button>
    </OrganizationFrame>
  );
}
