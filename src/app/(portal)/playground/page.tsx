import type { Metadata } from "next";
import { publicUrl } from "../../_lib/public-url";
import { sampleModel } from "../../_lib/sample-model";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { RoleGate } from "../_components/role-gate";
import { PlaygroundView } from "./_components/playground-view";

export const metadata: Metadata = { title: "Playground" };

export default async function PlaygroundPage({ searchParams }: { searchParams: SearchParams }) {
  const requestId = firstValue((await searchParams).from) ?? null;
  return (
    <RoleGate needs="inference:write" title="Playground" who="owners, admins and developers">
      <PlaygroundView baseUrl={publicUrl()} model={sampleModel().id} requestId={requestId} />
    </RoleGate>
  );
}
