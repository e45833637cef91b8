import type { Metadata } from "next";
import { InquiryView } from "./_components/inquiry-view";

export const metadata: Metadata = { title: "Inquiry" };

export default async function InquiryPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <InquiryView id={id} />;
}
