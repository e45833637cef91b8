"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { plans } from "@/shared/plans";
import { useTRPC } from "../../../../_client/trpc";
import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { PageHeader } from "../../../_components/page-header";
import { ConnectionSection } from "./connection-section";
import { DomainsSection } from "./domains-section";
import { ProvisioningSection } from "./provisioning-section";

/** Domains first: without a verified one nobody can sign in through the company. */
export function CompanySignInView() {
  const trpc = useTRPC();
  const company = useQuery(trpc.companySignIn.get.queryOptions());
  const me = useQuery(trpc.account.me.queryOptions());
  // The plan is known before the connection is, and the notice must not push down what was there.
  const inPlan = me.data && plans[me.data.organization.plan].features.companySignIn;
  const available = company.data?.available ?? inPlan;
  return (
    <>
      <Breadcrumbs parents={[{ href: "/settings", label: "Settings" }]} here="Company sign-in" />
      <PageHeader title="Company sign-in">
        People of your company sign in at your own identity provider and become members without an invitation.
      </PageHeader>
      {available === false && (
        <Notice
          tone="info"
          title="Part of the Enterprise plan"
          className="mb-8"
          action={
            <Button asChild variant="secondary" size="sm">
              <Link href="/billing">View plans</Link>
            </Button>
          }
        >
          Your plan doesn’t include it.
          {company.data?.connection && " Your connection isn’t in use; you can remove it."}
        </Notice>
      )}
      <div className="grid divide-y border-t [&>section]:py-8">
        <DomainsSection available={available ?? false} />
        <ConnectionSection query={company} />
        <ProvisioningSection />
      </div>
    </>
  );
}
