import Link from "next/link";
import { Notice } from "@/components/ui/notice";
import { firstValue, type SearchParams } from "../../../_lib/search-params";
import { AuthHeading } from "../../_components/auth-heading";
import { OAuthButtons } from "../../_components/oauth-buttons";
import { configuredOAuthProviders } from "../../_lib/oauth-providers";
import { signInError } from "../../_lib/sign-in-with-password";
import { SignInSteps } from "./sign-in-steps";

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
  const before = (
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
    </>
  );
  const after = (
    <p className="mt-8 text-muted">
      New here?{" "}
      <Link
        href={search.next ? `/sign-up?next=${encodeURIComponent(next)}` : "/sign-up"}
        className="font-medium text-accent underline underline-offset-4"
      >
        Create account
      </Link>
    </p>
  );
  return (
    <SignInSteps
      next={next}
      providerDone={firstValue(search.step) === "code"}
      before={before}
      after={after}
    />
  );
}
