import { cellSites, ownCell } from "@agathaai/core/platform/cell/own-cell";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { safeNext } from "../../_lib/safe-next";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { SignUpView } from "./_components/sign-up-view";

export const metadata: Metadata = { title: "Create account" };

export default async function SignUpPage({ searchParams }: { searchParams: SearchParams }) {
  const asked = firstValue((await searchParams).next);
  const next = safeNext(asked);
  if (await getPortalPrincipal()) redirect(next);
  return (
    <SignUpView
      next={next}
      signInHref={asked ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in"}
      region={{ sites: cellSites(), own: ownCell(), next: asked && next }}
    />
  );
}
