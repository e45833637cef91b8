import type { Metadata } from "next";
import { publicUrl } from "../../../public-url";
import { requireSignIn } from "../../current-principal";
import { RequestView } from "./request-view";

export const metadata: Metadata = { title: "Request" };

export default async function RequestPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireSignIn(`/requests/${encodeURIComponent(id)}`);
  return <RequestView id={id} baseUrl={publicUrl()} />;
}
