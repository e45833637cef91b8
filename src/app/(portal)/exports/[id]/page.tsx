import type { Metadata } from "next";
import { ExportView } from "./_components/export-view";

export const metadata: Metadata = { title: "Export", referrer: "no-referrer" };

/** Where the emailed link of an export leads. Its token is behind `#`: only the browser sees it. */
export default async function ExportPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ExportView id={id} />;
}
