import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Notice } from "@/components/ui/notice";
import { getPortalPrincipal } from "@/server/auth/session";
import { safeNext } from "../../client/safe-next";
import { AuthHeading } from "../auth-heading";
import { OAuthButtons } from "../oauth-buttons";
import { configuredOAuthProviders } from "../oauth-providers";
import { SignInForm } from "./sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

/** Reasons next-auth and our own pages send along in the address. */
const notes: Readonly<Record<string, { tone: "good" | "danger"; text: string }>> = {
  reset: {
    tone: "good",
    text: "Your password is changed and every other session has ended. Sign in with the new one.",
  },
  "signed-out": { tone: "good", text: "You are signed out everywhere." },
  OAuthAccountNotLinked: {
    tone: "danger",
    text: "This e-mail address has an account that is not confirmed yet. Sign in with its password and confirm it.",
  },
  email_not_verified: {
    tone: "danger",
    text: "That account's e-mail address is not confirmed. Confirm it with Google or GitHub first.",
  },
  too_many_attempts: {
    tone: "danger",
    text: "Too many attempts. Wait a few minutes, then try again.",
  },
  AccessDenied: { tone: "danger", text: "Sign-in was declined. Nothing was changed." },
};
const otherError = {
  tone: "danger",
  text: "Signing in did not work. Try again, or use your password.",
} as const;

interface Search {
  next?: string | string[];
  error?: string | string[];
  note?: string | string[];
}

const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

export default async function SignInPage({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const next = safeNext(first(search.next));
  if (await getPortalPrincipal()) redirect(next);
  const error = first(search.error);
  const note = error ? (notes[error] ?? otherError) : notes[first(search.note) ?? ""];
  return (
    <>
      <AuthHeading title="Sign in" />
      {note && (
        <Notice tone={note.tone} className="mb-6">
          {note.text}
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
