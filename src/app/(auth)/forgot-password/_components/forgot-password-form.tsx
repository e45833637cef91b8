"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { FailureNotice } from "../../../_client/failure-notice";
import { emailSchema } from "../../../_client/form-schemas";
import { useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";
import { AuthHeading } from "../../_components/auth-heading";

const schema = z.object({ email: emailSchema });

/** Shows the same for every email: the page must not reveal who has an account. */
export function ForgotPasswordForm() {
  const trpc = useTRPC();
  const request = useMutation(trpc.auth.requestPasswordReset.mutationOptions());
  const form = useZodForm(schema);

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

  return (
    <>
      <AuthHeading title="Choose a new password">Enter your email and we’ll send you a link.</AuthHeading>
      <form {...form.formProps((email) => request.mutateAsync(email))} className="grid gap-5">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        <FormField form={form} name="email" label="Email">
          {(control) => <Input {...control} type="email" autoComplete="username" required maxLength={254} />}
        </FormField>
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
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
