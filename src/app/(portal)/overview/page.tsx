import type { Metadata } from "next";
import { publicUrl } from "../../public-url";
import { sampleModel } from "../../sample-model";
import { OverviewView } from "./overview-view";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  return <OverviewView baseUrl={publicUrl()} model={sampleModel().id} />;
}
