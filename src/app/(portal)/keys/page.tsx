import type { Metadata } from "next";
import { publicUrl } from "../../public-url";
import { sampleModel } from "../../sample-model";
import { KeysView } from "./keys-view";

export const metadata: Metadata = { title: "API keys" };

export default function KeysPage() {
  return <KeysView sample={{ baseUrl: publicUrl(), model: sampleModel().id }} />;
}
