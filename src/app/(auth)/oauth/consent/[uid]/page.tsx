import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { signInPath } from "../../../../_lib/safe-next";
import { Consent } from "./_components/consent";

export const metadata: Metadata = { title: "Connect an app", referrer: "no-referrer" };

/** An app asks to act for the reader, who signs in first. */
export default async function ConsentPage({ params }: { params: Promise<{ uid: string }> }) {
  const { uid } = await params;
  const path = `/oauth/consent/${encodeURIComponent(uid)}`;
  if ((await getPortalPrincipal()) === null) redirect(signInPath(path));
  return <Consent path={path} />;
}
