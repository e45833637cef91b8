import type { ReactNode } from "react";
import { Providers } from "../providers";
import { currentPrincipal } from "./current-principal";
import { Sidebar } from "./shell/sidebar";
import { Topbar } from "./shell/topbar";
import { VerifyBanner } from "./shell/verify-banner";

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const principal = await currentPrincipal();
  // Each page sends visitors without a session to sign in (it knows its own address); the shell is not for them.
  if (!principal) return children;
  return (
    <Providers signedInOnly>
      <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
        <Sidebar className="sticky top-0 hidden h-dvh lg:flex" />
        <div className="flex min-h-dvh flex-col">
          <Topbar className="lg:hidden" />
          <VerifyBanner verifiedAtLoad={principal.emailVerified} />
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-portal flex-1 px-4 py-6 outline-none sm:px-8 sm:py-10"
          >
            {children}
          </main>
        </div>
      </div>
    </Providers>
  );
}
