import type { Metadata } from "next";
import { sampleCall } from "../../../_lib/sample-model";
import { RoleGate } from "../../_components/role-gate";
import { KeyView } from "./_components/key-view";

export const metadata: Metadata = { title: "API key" };

export default async function KeyPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <RoleGate needs="keys:read" title="API keys" who="owners, admins, developers and viewers">
      <KeyView id={id} sample={sampleCall()} />
    </RoleGate>
  );
}
