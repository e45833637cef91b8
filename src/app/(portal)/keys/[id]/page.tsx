import type { Metadata } from "next";
import { publicUrl } from "../../../public-url";
import { sampleModel } from "../../../sample-model";
import { RoleGate } from "../../role-gate";
import { KeyView } from "./key-view";

export const metadata: Metadata = { title: "API key" };

export default async function KeyPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <RoleGate needs="keys:read" title="API keys" who="owners, admins, developers and viewers">
      <KeyView id={id} sample={{ baseUrl: publicUrl(), model: sampleModel().id }} />
    </RoleGate>
  );
}
