import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { signOutTo } from "../../../_client/auth-call";
import { OrganizationSwitcher } from "../organization/organization-switcher";

/** A page about what one organization asks for, with the ways around it: another organization, or out. */
export function OrganizationFrame({ children }: { children: ReactNode }) {
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
      {children}
    </main>
  );
}
