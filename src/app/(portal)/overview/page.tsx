import type { Metadata } from "next";
import { chatSnippets } from "@/components/snippets/chat-snippets";
import { publicUrl } from "../../_lib/public-url";
import { sampleModel } from "../../_lib/sample-model";
import { OverviewView } from "./_components/overview-view";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  const body = {
    model: sampleModel().id,
    messages: [{ role: "user", content: "Why does an agate have bands?" }],
  };
  return <OverviewView samples={chatSnippets({ baseUrl: publicUrl(), body })} />;
}
