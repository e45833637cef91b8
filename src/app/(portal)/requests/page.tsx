import type { Metadata } from "next";
import { RoleGate } from "../_components/role-gate";
import { RequestsView } from "./_components/requests-view";

export const metadata: Metadata = { title: "Requests" };

export default function RequestsPage() {
  return (
    <RoleGate needs="history:read" title="Requests" who="owners, admins, developers and viewers">
      <RequestsView />
    </RoleGate>
  );
}
