import type { Metadata } from "next";
import { firstValue, type SearchParams } from "../../../_lib/search-params";
import { SubscriptionLink } from "../../_components/subscription-link";

export const metadata: Metadata = { title: "Confirm your subscription", referrer: "no-referrer" };

export default async function ConfirmSubscriptionPage({ searchParams }: { searchParams: SearchParams }) {
  return <SubscriptionLink does="confirm" token={firstValue((await searchParams).token)} />;
}
