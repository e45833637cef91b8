import type { Metadata } from "next";
import { publicUrl } from "../../_lib/public-url";
import { RoleGate } from "../_components/role-gate";
import { ServiceAccountsView } from "./_components/service-accounts-view";

export const metadata: Metadata = { title: "Service accounts" };

export default function ServiceAccountsPage() {
  return (
    <RoleGate needs="keys:read" title="Service accounts" who="owners, admins, developers and viewers">
      <ServiceAccountsView baseUrl={publicUrl()} />
    </RoleGate>
  );
}
