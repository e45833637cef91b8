import type { Metadata } from "next";
import { RoleGate } from "../../_components/role-gate";
import { RolesView } from "./_components/roles-view";

export const metadata: Metadata = { title: "Roles" };

export default function RolesPage() {
  return (
    <RoleGate needs="members:read" title="Roles" who="every member">
      <RolesView />
    </RoleGate>
  );
}
