import type { Metadata } from "next";
import { publicUrl } from "../../public-url";
import { sampleModel } from "../../sample-model";
import { requireSignIn } from "../current-principal";
import { KeysView } from "./keys-view";

export const metadata: Metadata = { title: "API keys" };

export default async function KeysPage() {
  await requireSignIn("/keys");
  return <KeysView sample={{ baseUrl: publicUrl(), model: sampleModel().id }} />;
}
