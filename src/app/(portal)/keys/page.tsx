import type { Metadata } from "next";
import { sampleCall } from "../../_lib/sample-model";
import { RoleGate } from "../_components/role-gate";
import { KeysView } from "./_components/keys-view";

export const metadata: Metadata = { title: "API keys" };

export default function KeysPage() {
  return (
    <RoleGate needs="keys:read" title="API keys" who="owners, admins, developers and viewers">
      <KeysView sample={sampleCall()} />
    </RoleGate>
  );
}
