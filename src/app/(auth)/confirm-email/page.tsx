import type { Metadata } from "next";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { EmailChangeLink } from "../_components/email-change-link";

export const metadata: Metadata = { title: "Confirm your new email", referrer: "no-referrer" };

export default async function ConfirmEmailPage({ searchParams }: { searchParams: SearchParams }) {
  return <EmailChangeLink does="confirm" token={firstValue((await searchParams).token)} />;
}
