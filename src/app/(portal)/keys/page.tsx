import { env } from "@agathaai/core/platform/env";
import type { Metadata } from "next";
import { requireSignIn } from "../current-principal";
import { KeysView } from "./keys-view";

export const metadata: Metadata = { title: "API keys" };

export default async function KeysPage() {
  await requireSignIn("/keys");
  return <KeysView baseUrl={env().APP_URL.replace(/\/$/, "")} />;
}
