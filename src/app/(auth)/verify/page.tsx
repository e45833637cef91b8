import type { Metadata } from "next";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { CheckYourMail } from "./_components/check-your-mail";
import { VerifyToken } from "./_components/verify-token";

export const metadata: Metadata = { title: "Verify your email", referrer: "no-referrer" };

export default async function VerifyPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  const signedIn = (await getPortalPrincipal()) !== null;
  if (typeof token === "string" && token !== "") return <VerifyToken token={token} signedIn={signedIn} />;
  return <CheckYourMail signedIn={signedIn} />;
}
