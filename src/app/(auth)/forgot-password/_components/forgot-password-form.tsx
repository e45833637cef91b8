"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import type { FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { AuthHeading } from "../../_components/auth-heading";

/** Answers the same whether or not the address has an account: the page must not tell who is a customer. */
export function ForgotPasswordForm() {
  const trpc = useTRPC();
  const request = useMutation(trpc.auth.requestPasswordReset.mutationOptions());

  if (request.isSuccess) {
    return (
      <div role="status">
        <AuthHeading title="Check your email">
          If {request.variables.email} has an account, we sent it a link to choose a new password. It works
          once, for a short time.
        </AuthHeading>
        <p className="mb-6 text-muted">No email after a few minutes? Check your spam folder, or try again.</p>
        <div className="flex gap-2">
          <Button variant="secondary" onClick={() => request.reset()}>
            Use another email
          </Button>
          <Button asChild variant="ghost">
            <Link href="/sign-in">Back to sign-in</Link>
          </Button>
        </div>
      </div>
    );
  }

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email")).trim();
    request.mutate({ email });
  };

  return (
    <>
      <AuthHeading title="Choose a new password">Enter your email and we’ll send you a link.</AuthHeading>
      <form onSubmit={submit} className="grid gap-5">
        {request.error && <FailureNotice error={request.error} />}
        <Field label="Email">
          {(control) => (
            <Input {...control} name="email" type="email" autoComplete="username" required maxLength={254} />
          )}
        </Field>
        <Button type="submit" className="h-10" pending={request.isPending}>
          Send link
        </Button>
      </form>
      <p className="mt-8 text-muted">
        Remembered it?{" "}
        <Link href="/sign-in" className="font-medium text-accent underline underline-offset-4">
          Sign in
        </Link>
      </p>
    </>
  );
}
