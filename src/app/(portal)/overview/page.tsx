import type { Metadata } from "next";
import { publicUrl } from "../../_lib/public-url";
import { sampleModel } from "../../_lib/sample-model";
import { OverviewView } from "./_components/overview-view";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  return <OverviewView baseUrl={publicUrl()} model={sampleModel().id} />;
}
