import Link from "next/link";
import { Notice } from "@/components/ui/notice";
import { firstValue, type SearchParams } from "../../../_lib/search-params";
import { AuthHeading } from "../../_components/auth-heading";
import { OAuthButtons } from "../../_components/oauth-buttons";
import { configuredOAuthProviders } from "../../_lib/oauth-providers";
import { signInError } from "../../_lib/sign-in-with-password";
import { SignInForm } from "./sign-in-form";

/** Notices by the `note` that our own pages send along. */
const notes: Readonly<Record<string, string>> = {
  reset:
    "Password changed. Your earlier sessions and API keys no longer work. Sign in with the new password.",
  "signed-out": "You’re signed out everywhere.",
};

interface SignInViewProps {
  search: Awaited<SearchParams>;
  /** Where to go once signed in. */
  next: string;
}

export function SignInView({ search, next }: SignInViewProps) {
  const error = firstValue(search.error);
  const note = notes[firstValue(search.note) ?? ""];
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
          Create account
        </Link>
      </p>
    </>
  );
}
