import { missingConsents } from "@agathaai/core/consents";
import { db } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import { headers } from "next/headers";
import Link from "next/link";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Wordmark } from "@/components/brand/mark";
import { companyStartPath } from "@/server/auth/company/company-start-path";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { getPortalShellData } from "@/server/auth/portal-shell-data";
import { Providers } from "../_components/providers";
import { signInPath } from "../_lib/safe-next";
import { CommandMenu } from "./_shell/command/command-menu";
import { IdentityProvider } from "./_shell/identity-provider";
import { CompanyRequired, ConsentRequired, FactorRequired, SuspendedView } from "./_shell/instead/instead";
import { PaymentNotice } from "./_shell/payment-notice";
import { SandboxBadge } from "./_shell/sandbox-badge";
import { FollowOrganization, KeepSession } from "./_shell/session-watch";
import { Sidebar } from "./_shell/sidebar";
import { StatusBanner } from "./_shell/status-banner";
import { StepUpHost } from "./_shell/step-up-host";
import { Topbar } from "./_shell/topbar";
import { VerifyBanner } from "./_shell/verify-banner";

/** For signed-in people. Each page loads its own data, and the server refuses it without a session. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const principal = await getPortalPrincipal();
  if (!principal) redirect(signInPath((await headers()).get("x-page-path")));
  const { suspension } = principal;
  if (suspension !== undefined && suspension.of !== "key") {
    const { of, reason, since } = suspension;
    return (
      <Providers signedInOnly>
        <SuspendedView of={of} reason={reason} since={since} contact={env().SALES_EMAIL} />
      </Providers>
    );
  }
  const identity = await getPortalShellData(principal);
  if (principal.companyMissing === true) {
    const start = await companyStartPath(principal);
    return (
      <Providers signedInOnly>
        <IdentityProvider identity={identity}>
          <CompanyRequired start={start} />
          <FollowOrganization organizationId={identity.me.organization.id} />
        </IdentityProvider>
      </Providers>
    );
  }
  if (principal.factorMissing === true) {
    return (
      <Providers signedInOnly>
        <IdentityProvider identity={identity}>
          <VerifyBanner verifiedAtLoad={principal.emailVerified} />
          <FactorRequired />
          <StepUpHost />
          <FollowOrganization organizationId={identity.me.organization.id} />
        </IdentityProvider>
      </Providers>
    );
  }
  const missing = await missingConsents(db(), principal);
  if (missing.length > 0) {
    return (
      <Providers signedInOnly>
        <IdentityProvider identity={identity}>
          <ConsentRequired missing={missing} />
          <FollowOrganization organizationId={identity.me.organization.id} />
        </IdentityProvider>
      </Providers>
    );
  }
  const sandbox = env().PROVIDER_SANDBOX;
  return (
    <Providers signedInOnly>
      <IdentityProvider identity={identity}>
        <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
          <Sidebar sandbox={sandbox} className="sticky top-0 hidden h-dvh lg:flex" />
          <div className="flex min-h-dvh min-w-0 flex-col">
            <Topbar className="lg:hidden">
              <Link href="/overview" aria-label="AgathaAI, overview" className="flex rounded-md">
                <Wordmark className="text-sm" />
              </Link>
              <SandboxBadge providers={sandbox} />
            </Topbar>
            <StatusBanner />
            <VerifyBanner verifiedAtLoad={principal.emailVerified} />
            <PaymentNotice />
            <main
              id="content"
              tabIndex={-1}
              className="mx-auto w-full max-w-portal flex-1 px-4 py-6 outline-none sm:px-8 sm:py-10"
            >
              {children}
            </main>
          </div>
        </div>
        <CommandMenu />
        <StepUpHost />
        <KeepSession />
        <FollowOrganization organizationId={identity.me.organization.id} />
      </IdentityProvider>
    </Providers>
  );
}
