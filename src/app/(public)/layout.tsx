import type { ReactNode } from "react";
import { PublicFooter } from "@/components/shell/public-footer";
import { PublicHeader } from "@/components/shell/public-header";
import { getPortalPrincipal } from "@/server/auth/portal-principal";

export default async function PublicLayout({ children }: { children: ReactNode }) {
  const signedIn = (await getPortalPrincipal()) !== null;
  return (
    <>
      <PublicHeader signedIn={signedIn} />
      <main id="content" tabIndex={-1} className="outline-none">
        {children}
      </main>
      <PublicFooter />
    </>
  );
}
