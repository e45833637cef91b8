import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { publicUrl } from "../../_lib/public-url";
import { safeNext } from "../../_lib/safe-next";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { SignInView } from "./_components/sign-in-view";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  const search = await searchParams;
  // After a failed sign-in by Google or GitHub, next-auth sends its own parameter.
  const next = safeNext(firstValue(search.next) ?? firstValue(search.callbackUrl), publicUrl());
  if (await getPortalPrincipal()) redirect(next);
  return <SignInView search={search} next={next} />;
}
