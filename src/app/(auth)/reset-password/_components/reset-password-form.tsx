"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { AuthHeading } from "../../_components/auth-heading";
import { PasswordInput } from "../../_components/password-input";
import { PasswordRules, passwordIsAcceptable } from "../../_components/password-rules";

export function ResetPasswordForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const reset = useMutation(
    trpc.auth.resetPassword.mutationOptions({ onSuccess: () => location.assign("/sign-in?note=reset") }),
  );
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const acceptable = passwordIsAcceptable(password, []);
  const failure = reset.error ? readFailure(reset.error) : null;
  const refused = fieldError(failure, "password");
  const error = tried && !acceptable ? "The password doesn’t meet the rules yet." : refused;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (acceptable) reset.mutate({ token, password });
  };

  return (
    <>
      <AuthHeading title="Choose a new password">
        Saving it signs you out on every device and ends every API key and pending invitation you created. If
        you know your password, change it in Settings to keep your keys.
      </AuthHeading>
      <form onSubmit={submit} className="grid gap-5">
        {reset.error && !refused && (
          <FailureNotice
            error={reset.error}
            action={
              <Button asChild variant="secondary" size="sm">
                <Link href="/forgot-password">Request new link</Link>
              </Button>
            }
          />
        )}
        <Field label="New password" error={error} hint={<PasswordRules password={password} />}>
          {(control) => (
            <PasswordInput
              {...control}
              name="password"
              autoComplete="new-password"
              required
              value={password}
              onChange={(event) => {
                setPassword(event.currentTarget.value);
                if (reset.isError) reset.reset();
              }}
            />
          )}
        </Field>
        <Button type="submit" className="h-10" pending={reset.isPending || reset.isSuccess}>
          Save password
        </Button>
      </form>
    </>
  );
}
