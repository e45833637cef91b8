import type { Metadata } from "next";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { CheckYourEmail } from "./_components/check-your-email";
import { VerifyToken } from "./_components/verify-token";

export const metadata: Metadata = { title: "Verify your email", referrer: "no-referrer" };

export default async function VerifyPage({ searchParams }: { searchParams: SearchParams }) {
  const token = firstValue((await searchParams).token);
  const signedIn = (await getPortalPrincipal()) !== null;
  return token ? <VerifyToken token={token} signedIn={signedIn} /> : <CheckYourEmail signedIn={signedIn} />;
}
