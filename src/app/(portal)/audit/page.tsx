import type { Metadata } from "next";
import { RoleGate } from "../_components/role-gate";
import { AuditView } from "./_components/audit-view";

export const metadata: Metadata = { title: "Audit log" };

export default function AuditPage() {
  return (
    <RoleGate needs="audit:read" title="Audit log" who="owners and admins">
      <AuditView />
    </RoleGate>
  );
}
