import type { Metadata } from "next";
import { RoleGate } from "../../_components/role-gate";
import { CompanySignInView } from "./_components/company-sign-in-view";

export const metadata: Metadata = { title: "Company sign-in" };

export default function CompanySignInPage() {
  return (
    <RoleGate needs="members:write" title="Company sign-in" who="owners and admins">
      <CompanySignInView />
    </RoleGate>
  );
}
