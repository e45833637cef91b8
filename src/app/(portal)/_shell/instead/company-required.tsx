"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { signOutTo } from "../../../_client/auth-call";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { OrganizationSwitcher } from "../organization/organization-switcher";

/** In place of every page, for a member who is not signed in through the company of the organization. */
export function CompanyRequired({ start }: { start: string }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const name = me.data?.organization.name ?? "This organization";
  return (
    <main id="content" tabIndex={-1} className="mx-auto w-full max-w-portal px-4 py-8 outline-none sm:px-8">
      <div className="mb-8 flex flex-wrap items-center justify-between gap-3">
        <div className="w-64 max-w-full">
          <OrganizationSwitcher />
        </div>
        <Button variant="ghost" onClick={() => void signOutTo("/sign-in")}>
          Sign out
        </Button>
      </div>
      <PageHeader title="Sign in with your company">
        {name} asks its members to sign in through the company. Your other organizations aren’t affected, and
        API keys keep working. Owners can also come in with a second factor that is at least a day old.
      </PageHeader>
      <Button asChild>
        <a href={`${start}?next=${encodeURIComponent("/overview")}`}>Continue to your company</a>
      </Button>
    </main>
  );
}
