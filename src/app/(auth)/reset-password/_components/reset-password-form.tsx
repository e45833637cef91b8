"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { leaveFor, useZodForm } from "../../../_client/use-zod-form";
import { AuthHeading } from "../../_components/auth-heading";
import { PasswordInput } from "../../_components/password-input";
import { PasswordRules, passwordIsAcceptable, unacceptablePassword } from "../../_components/password-rules";

const schema = z
  .object({ password: z.string() })
  .check(z.refine(({ password }) => passwordIsAcceptable(password), unacceptablePassword("password")));

export function ResetPasswordForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const reset = useMutation(trpc.auth.resetPassword.mutationOptions());
  const form = useZodForm(schema);
  const save = async ({ password }: z.output<typeof schema>) => {
    await reset.mutateAsync({ token, password });
    await leaveFor("/sign-in?note=reset");
  };

  return (
    <>
      <AuthHeading title="Choose a new password">
        Saving it signs you out on every device and ends every API key and pending invitation you created. If
        you know your password, change it in Settings to keep your keys.
      </AuthHeading>
      <form {...form.formProps(save)} className="grid gap-5">
        {form.failure !== null && (
          <FailureNotice
            error={form.failure}
            action={
              <Button asChild variant="secondary" size="sm">
                <Link href="/forgot-password">Request new link</Link>
              </Button>
            }
          />
        )}
        <FormField
          form={form}
          name="password"
          label="New password"
          hint={<PasswordRules password={form.watch("password") ?? ""} />}
        >
          {(control) => <PasswordInput {...control} autoComplete="new-password" required />}
        </FormField>
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
          Save password
        </Button>
      </form>
    </>
  );
}

/** A link that lost its token on the way. */
export function IncompleteLink() {
  return (
    <>
      <AuthHeading title="This link is incomplete">
        Open the link in the email again, or request a new one.
      </AuthHeading>
      <Button asChild>
        <Link href="/forgot-password">Request new link</Link>
      </Button>
    </>
  );
}
