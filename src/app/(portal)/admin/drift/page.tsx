import type { Metadata } from "next";
import { DriftView } from "./_components/drift-view";

export const metadata: Metadata = { title: "Usage drift" };

export default function DriftPage() {
  return <DriftView />;
}
