"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { passwordSchema } from "../../../_client/form-schemas";
import { useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";
import { ResendButton } from "../../../_components/resend-button";
import { AuthHeading } from "../../_components/auth-heading";
import { PasswordInput } from "../../_components/password-input";

/** The password is asked for only where the link needs one. */
const schema = z.object({ password: z.optional(passwordSchema("Enter a password.")) });

/**
 * Shows what the emailed link verifies, and the button that does it: opening the link changes nothing, because email
 * scanners open links before people do.
 */
export function VerifyToken({ token, signedIn }: { token: string; signedIn: boolean }) {
  const trpc = useTRPC();
  const link = useQuery(
    trpc.auth.openVerification.queryOptions(
      { token },
      // Not read again: a click on the button spends the link.
      { retry: false, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
    ),
  );
  // The link is spent then: nothing that was read by it can be read again.
  const verification = useMutation(trpc.auth.confirmEmail.mutationOptions({ meta: { refreshes: false } }));
  const form = useZodForm(schema);

  // A used link fails, but the account may be verified by now.
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
  const verify = ({ password }: z.output<typeof schema>) =>
    verification.mutateAsync({ token, ...(asksPassword && { password }) });
  return (
    <>
      <AuthHeading title="Verify your email">
        Then <span className="break-all text-ink">{email}</span> can create live keys. Test keys and sessions
        from before stop working, in case someone else created them.
      </AuthHeading>
      <form {...form.formProps(verify)} className="grid gap-5">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        {asksPassword && (
          <FormField
            form={form}
            name="password"
            label="Password"
            hint="The one you signed up with, or a new one."
          >
            {(control) => <PasswordInput {...control} autoComplete="current-password" required />}
          </FormField>
        )}
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
          Verify email
        </Button>
      </form>
    </>
  );
}

function Verified({ passwordChanged = false }: { passwordChanged?: boolean }) {
  return (
    <div role="status">
      <AuthHeading title="Your email is verified">
        You can create live keys and call every model.
        {passwordChanged && " Your password is the one you just entered."}
      </AuthHeading>
      <Button asChild>
        {/* A full load, so that the portal sees the new session at once; without one it asks to sign in. */}
        <a href="/overview">Go to overview</a>
      </Button>
    </div>
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
