import Link from "next/link";
import type { ComponentProps } from "react";
import { formatTokens } from "@/shared/format/count";
import { plans } from "@/shared/plans";
import { AuthHeading } from "../../_components/auth-heading";
import { OAuthButtons } from "../../_components/oauth-buttons";
import { configuredOAuthProviders } from "../../_lib/oauth-providers";
import { RegionChoice } from "./region-choice";
import { SignUpForm } from "./sign-up-form";

interface SignUpViewProps {
  /** Where to go once signed up. */
  next: string;
  signInHref: string;
  region: ComponentProps<typeof RegionChoice>;
}

export function SignUpView({ next, signInHref, region }: SignUpViewProps) {
  return (
    <>
      <AuthHeading title="Create account">
        Free includes {formatTokens(plans.free.tokensPerMonth ?? 0)} per month. No card required.
      </AuthHeading>
      <RegionChoice {...region} />
      <OAuthButtons providers={configuredOAuthProviders()} next={next} />
      <SignUpForm next={next} />
      <p className="mt-8 text-muted">
        Have an account?{" "}
        <Link href={signInHref} className="font-medium text-accent underline underline-offset-4">
          Sign in
        </Link>
      </p>
    </>
  );
}
