import type { Metadata } from "next";
import { AuditView } from "./_components/audit-view";

export const metadata: Metadata = { title: "Operator audit log" };

export default function OperatorAuditPage() {
  return <AuditView />;
}
