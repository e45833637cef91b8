import type { Metadata } from "next";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { EmailChangeLink } from "../_components/email-change-link";

export const metadata: Metadata = { title: "Undo the change of your email", referrer: "no-referrer" };

export default async function UndoEmailPage({ searchParams }: { searchParams: SearchParams }) {
  return <EmailChangeLink does="undo" token={firstValue((await searchParams).token)} />;
}
