"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { signOutTo } from "../../../_client/auth-call";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { PasskeysSection } from "../../settings/_components/security/passkeys-section";
import { SecondFactorSection } from "../../settings/_components/security/second-factor-section";
import { OrganizationSwitcher } from "../organization/organization-switcher";

/** In place of every page, for a member without the second factor that the organization requires. */
export function FactorRequired() {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const factor = useQuery(trpc.secondFactor.get.queryOptions());
  const name = me.data?.organization.name ?? "Your organization";
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
      <PageHeader title="Add a second factor">
        {name} requires a second factor of every member. Add an authenticator app or a passkey, then continue.
        API keys keep working.
      </PageHeader>
      <div className="grid divide-y border-t [&>section]:py-8">
        <SecondFactorSection />
        <PasskeysSection />
      </div>
      <Button disabled={factor.data?.enabled !== true} onClick={() => location.reload()}>
        Continue
      </Button>
    </main>
  );
}
