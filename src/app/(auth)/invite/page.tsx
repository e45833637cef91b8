import type { Metadata } from "next";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { Invitation } from "./_components/invitation";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default async function InvitePage({ searchParams }: { searchParams: SearchParams }) {
  const token = firstValue((await searchParams).token) ?? "";
  const signedIn = (await getPortalPrincipal()) !== null;
  return <Invitation token={token} signedIn={signedIn} />;
}
