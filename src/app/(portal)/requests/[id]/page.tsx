import type { Metadata } from "next";
import { publicUrl } from "../../../public-url";
import { RequestView } from "./request-view";

export const metadata: Metadata = { title: "Request" };

export default async function RequestPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <RequestView id={id} baseUrl={publicUrl()} />;
}
