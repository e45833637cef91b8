import type { Metadata } from "next";
import { RoleGate } from "../../_components/role-gate";
import { ReportsView } from "./_components/reports-view";

export const metadata: Metadata = { title: "Audit reports" };

export default function AuditReportsPage() {
  return (
    <RoleGate needs="audit:read" title="Audit reports" who="owners and admins">
      <ReportsView />
    </RoleGate>
  );
}
