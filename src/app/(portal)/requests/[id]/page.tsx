import type { Metadata } from "next";
import { publicUrl } from "../../../_lib/public-url";
import { RoleGate } from "../../_components/role-gate";
import { RequestView } from "./_components/request-view";

export const metadata: Metadata = { title: "Request" };

export default async function RequestPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <RoleGate needs="history:read" title="Requests" who="owners, admins, developers and viewers">
      <RequestView id={id} baseUrl={publicUrl()} />
    </RoleGate>
  );
}
