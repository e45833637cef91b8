import { env } from "@agathaai/core/platform/env";
import type { Metadata } from "next";
import { requireSignIn } from "../../current-principal";
import { RequestView } from "./request-view";

export const metadata: Metadata = { title: "Request" };

export default async function RequestPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireSignIn(`/requests/${encodeURIComponent(id)}`);
  return <RequestView id={id} baseUrl={env().APP_URL.replace(/\/$/, "")} />;
}
