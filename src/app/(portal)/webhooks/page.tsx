import type { Metadata } from "next";
import { RoleGate } from "../_components/role-gate";
import { WebhooksView } from "./_components/webhooks-view";

export const metadata: Metadata = { title: "Webhooks" };

export default function WebhooksPage() {
  return (
    <RoleGate needs="webhooks:read" title="Webhooks" who="owners, admins, developers and viewers">
      <WebhooksView />
    </RoleGate>
  );
}
