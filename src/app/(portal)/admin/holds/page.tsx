import type { Metadata } from "next";
import { HoldsView } from "./_components/holds-view";

export const metadata: Metadata = { title: "Legal holds" };

export default function HoldsPage() {
  return <HoldsView />;
}
