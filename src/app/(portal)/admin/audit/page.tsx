import type { Metadata } from "next";
import { AuditView } from "./audit-view";

export const metadata: Metadata = { title: "Operator audit" };

export default function OperatorAuditPage() {
  return <AuditView />;
}
