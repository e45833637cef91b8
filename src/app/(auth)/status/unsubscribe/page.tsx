import type { Metadata } from "next";
import { firstValue, type SearchParams } from "../../../_lib/search-params";
import { SubscriptionLink } from "../../_components/subscription-link";

export const metadata: Metadata = { title: "Unsubscribe", referrer: "no-referrer" };

export default async function UnsubscribePage({ searchParams }: { searchParams: SearchParams }) {
  return <SubscriptionLink does="unsubscribe" token={firstValue((await searchParams).token)} />;
}
