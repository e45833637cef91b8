import type { Metadata } from "next";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { Invitation } from "./_components/invitation";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default async function InvitePage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  const signedIn = (await getPortalPrincipal()) !== null;
  return <Invitation token={typeof token === "string" ? token : ""} signedIn={signedIn} />;
}
