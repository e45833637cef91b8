import type { Metadata } from "next";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { EndSessionsLink } from "../_components/end-sessions-link";

export const metadata: Metadata = { title: "End all sessions", referrer: "no-referrer" };

export default async function EndSessionsPage({ searchParams }: { searchParams: SearchParams }) {
  return <EndSessionsLink token={firstValue((await searchParams).token)} />;
}
