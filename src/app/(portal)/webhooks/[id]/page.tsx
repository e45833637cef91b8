import type { Metadata } from "next";
import { RoleGate } from "../../_components/role-gate";
import { EndpointView } from "./_components/endpoint-view";

export const metadata: Metadata = { title: "Webhook endpoint" };

export default async function WebhookPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <RoleGate needs="webhooks:read" title="Webhooks" who="owners, admins, developers and viewers">
      <EndpointView id={id} />
    </RoleGate>
  );
}
