import type { Metadata } from "next";
import { firstValue, type SearchParams } from "../../../_lib/search-params";
import { SuspensionsView } from "./_components/suspensions-view";

export const metadata: Metadata = { title: "Suspensions" };

export default async function SuspensionsPage({ searchParams }: { searchParams: SearchParams }) {
  // From the page of an organization, whose ID is no personal data.
  const subject = firstValue((await searchParams).suspend);
  return <SuspensionsView subject={subject?.startsWith("org_") ? subject : undefined} />;
}
