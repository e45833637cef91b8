import { plans } from "@agathaai/core/plans";
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { formatTokens } from "@/shared/count";
import { safeNext } from "../../_client/safe-next";
import { AuthHeading } from "../_components/auth-heading";
import { OAuthButtons } from "../_components/oauth-buttons";
import { configuredOAuthProviders } from "../_lib/oauth-providers";
import { SignUpForm } from "./_components/sign-up-form";

export const metadata: Metadata = { title: "Create account" };

export default async function SignUpPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next: asked } = await searchParams;
  const next = safeNext(typeof asked === "string" ? asked : undefined);
  if (await getPortalPrincipal()) redirect(next);
  return (
    <>
      <AuthHeading title="Create account">
        Free includes {formatTokens(plans.free.tokensPerMonth ?? 0)} per month. No card required.
      </AuthHeading>
      <OAuthButtons providers={configuredOAuthProviders()} next={next} />
      <SignUpForm next={next} />
      <p className="mt-8 text-muted">
        Have an account?{" "}
        <Link
          href={asked ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in"}
          className="font-medium text-accent underline underline-offset-4"
        >
          Sign in
        </Link>
      </p>
    </>
  );
}
