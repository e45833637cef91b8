import type { Metadata } from "next";
import { Erased } from "./_components/erased";

export const metadata: Metadata = { title: "Erasure", referrer: "no-referrer" };

/** What became of an erasure. The receipt is behind `#`: whoever was erased has no session to show. */
export default function ErasedPage() {
  return <Erased />;
}
