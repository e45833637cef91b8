import type { Metadata } from "next";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { publicUrl } from "../../_lib/public-url";
import { sampleModel } from "../../_lib/sample-model";
import { OverviewView } from "./_components/overview-view";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  const body = { model: sampleModel().id, prompt: "Why does an agate have bands?" };
  const curl = inferenceSnippets({ baseUrl: publicUrl(), body })[0]?.code ?? "";
  return <OverviewView curl={curl} />;
}
