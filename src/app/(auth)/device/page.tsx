import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { signInPath } from "../../_lib/safe-next";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { Device } from "./_components/device";

export const metadata: Metadata = { title: "Connect a device", referrer: "no-referrer" };

/** A program on a device without a browser asks to act for the reader, who signs in first and enters its code. */
export default async function DevicePage({ searchParams }: { searchParams: SearchParams }) {
  const code = firstValue((await searchParams).user_code)?.slice(0, 32) ?? "";
  const path = code === "" ? "/device" : `/device?user_code=${encodeURIComponent(code)}`;
  if ((await getPortalPrincipal()) === null) redirect(signInPath(path));
  return <Device given={code} />;
}
