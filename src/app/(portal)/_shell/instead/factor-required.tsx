"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { PasskeysSection } from "../../settings/_components/security/passkeys-section";
import { SecondFactorSection } from "../../settings/_components/security/second-factor-section";
import { OrganizationFrame } from "./organization-frame";

/** In place of every page, for a member without the second factor that the organization requires. */
export function FactorRequired() {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const factor = useQuery(trpc.secondFactor.get.queryOptions());
  const name = me.data?.organization.name ?? "Your organization";
  return (
    <OrganizationFrame>
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
    </OrganizationFrame>
  );
}
