import type { Metadata } from "next";
import { RoleGate } from "../_components/role-gate";
import { AppsView } from "./_components/apps-view";

export const metadata: Metadata = { title: "Apps" };

export default function AppsPage() {
  return (
    <RoleGate needs="keys:read" title="Apps" who="owners, admins, developers and viewers">
      <AppsView />
    </RoleGate>
  );
}
