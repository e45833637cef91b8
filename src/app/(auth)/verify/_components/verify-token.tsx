"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { AuthHeading } from "../../_components/auth-heading";
import { PasswordInput } from "../../_components/password-input";
import { ResendButton } from "./resend-button";
import { Verified } from "./verified";

/**
 * What the mailed link verifies, and the button that does it: opening the link changes nothing, because mail scanners
 * open links before their readers do.
 */
export function VerifyToken({ token, signedIn }: { token: string; signedIn: boolean }) {
  const trpc = useTRPC();
  const link = useQuery(
    trpc.auth.openVerification.queryOptions(
      { token },
      // What was read stands until the button is clicked, which spends the link.
      { retry: false, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
    ),
  );
  const verification = useMutation(trpc.auth.confirmEmail.mutationOptions());
  const [password, setPassword] = useState("");

  // A link opened a second time has done its work: what counts is the account.
  const me = useQuery(trpc.account.me.queryOptions(undefined, { enabled: signedIn && link.isError }));
  if (verification.isSuccess) return <Verified passwordChanged={verification.data.password === "changed"} />;
  if (me.data?.user.email_verified) return <Verified />;
  if (link.isError && !(signedIn && me.isPending)) return <BadLink error={link.error} signedIn={signedIn} />;
  if (!link.data) {
    return (
      <Loading label="Checking the link">
        <AuthHeading title="Verify your email" />
        <Skeleton className="w-2/3" />
      </Loading>
    );
  }

  const { email, needs_password: asksPassword } = link.data;
  const failure = verification.error ? readFailure(verification.error) : null;
  const refused = fieldError(failure, "password");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    verification.mutate({ token, ...(asksPassword && { password }) });
  };
  return (
    <>
      <AuthHeading title="Verify your email">
        After this, <span className="break-all text-ink">{email}</span> can create live keys. Test keys and
        other sign-ins created before end now.
      </AuthHeading>
      <form onSubmit={submit} className="grid gap-5">
        {verification.error && !refused && <FailureNotice error={verification.error} />}
        {asksPassword && (
          <Field label="Password" error={refused} hint="The one you signed up with, or a new one.">
            {(control) => (
              <PasswordInput
                {...control}
                name="password"
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => {
                  setPassword(event.currentTarget.value);
                  if (verification.isError) verification.reset();
                }}
              />
            )}
          </Field>
        )}
        <Button type="submit" className="h-10" pending={verification.isPending}>
          Verify email
        </Button>
      </form>
    </>
  );
}

function BadLink({ error, signedIn }: { error: unknown; signedIn: boolean }) {
  return (
    <>
      <AuthHeading title="This link didn’t work" />
      <FailureNotice error={error} className="mb-6" />
      {signedIn ? (
        <ResendButton />
      ) : (
        <Button asChild>
          <Link href="/sign-in?next=/verify">Sign in to get a new link</Link>
        </Button>
      )}
    </>
  );
}
