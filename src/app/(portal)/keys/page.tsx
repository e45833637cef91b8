import type { Metadata } from "next";
import { publicUrl } from "../../public-url";
import { sampleModel } from "../../sample-model";
import { RoleGate } from "../role-gate";
import { KeysView } from "./keys-view";

export const metadata: Metadata = { title: "API keys" };

export default function KeysPage() {
  return (
    <RoleGate needs="keys:read" title="API keys" who="owners, admins, developers and viewers">
      <KeysView sample={{ baseUrl: publicUrl(), model: sampleModel().id }} />
    </RoleGate>
  );
}
