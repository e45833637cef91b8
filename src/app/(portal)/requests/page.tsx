import type { Metadata } from "next";
import { RoleGate } from "../role-gate";
import { RequestsView } from "./requests-view";

export const metadata: Metadata = { title: "Requests" };

export default function RequestsPage() {
  return (
    <RoleGate needs="history:read" title="Requests" who="owners, admins, developers and viewers">
      <RequestsView />
    </RoleGate>
  );
}
