import type { Metadata } from "next";
import { RoleGate } from "../../_components/role-gate";
import { StreamView } from "./_components/stream-view";

export const metadata: Metadata = { title: "Audit stream" };

export default function AuditStreamPage() {
  return (
    <RoleGate needs="members:write" title="Audit stream" who="owners and admins">
      <StreamView />
    </RoleGate>
  );
}
