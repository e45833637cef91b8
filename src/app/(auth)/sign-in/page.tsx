import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Notice } from "@/components/ui/notice";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { safeNext } from "../../_client/safe-next";
import { publicUrl } from "../../_lib/public-url";
import { AuthHeading } from "../_components/auth-heading";
import { OAuthButtons } from "../_components/oauth-buttons";
import { configuredOAuthProviders } from "../_lib/oauth-providers";
import { signInError } from "../_lib/sign-in-error";
import { SignInForm } from "./_components/sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

/** What our own pages send along. */
const notes: Readonly<Record<string, string>> = {
  reset:
    "Password changed. Your earlier sessions and API keys no longer work. Sign in with the new password.",
  "signed-out": "You’re signed out everywhere.",
};

interface Search {
  next?: string | string[];
  callbackUrl?: string | string[];
  error?: string | string[];
  note?: string | string[];
}

const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

export default async function SignInPage({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  // next-auth names its own; it comes back with a failed sign-in by Google or GitHub.
  const next = safeNext(first(search.next) ?? first(search.callbackUrl), publicUrl());
  if (await getPortalPrincipal()) redirect(next);
  const error = first(search.error);
  const note = notes[first(search.note) ?? ""];
  return (
    <>
      <AuthHeading title="Sign in" />
      {error && (
        <Notice tone="danger" className="mb-6">
          {signInError(error)}
        </Notice>
      )}
      {note && !error && (
        <Notice tone="good" className="mb-6">
          {note}
        </Notice>
      )}
      <OAuthButtons providers={configuredOAuthProviders()} next={next} />
      <SignInForm next={next} />
      <p className="mt-8 text-muted">
        New here?{" "}
        <Link
          href={search.next ? `/sign-up?next=${encodeURIComponent(next)}` : "/sign-up"}
          className="font-medium text-accent underline underline-offset-4"
        >
          Create an account
        </Link>
      </p>
    </>
  );
}
