"use client";

import Link from "next/link";
import { useState } from "react";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Notice } from "@/components/ui/notice";
import { emailSchema, passwordSchema } from "../../../_client/form-schemas";
import { leaveFor, useZodForm } from "../../../_client/use-zod-form";
import { PasswordInput } from "../../_components/password-input";
import { signInWithPassword } from "../../_lib/sign-in-with-password";

const schema = z.object({ email: emailSchema, password: passwordSchema("Enter your password.") });

interface SignInFormProps {
  next: string;
  /** The password was right, and the account has a second factor. */
  onFactorNeeded: (account: Account) => void;
}

export type Account = z.output<typeof schema>;

export function SignInForm({ next, onFactorNeeded }: SignInFormProps) {
  const form = useZodForm(schema);
  const [reason, setReason] = useState<string | null>(null);

  const signIn = async (account: Account) => {
    setReason(null);
    const refusal = await signInWithPassword(account);
    // A full load, so that every server component sees the new session.
    if (refusal === null) await leaveFor(next);
    else if (refusal.code === "second_factor_required") onFactorNeeded(account);
    else setReason(refusal.message);
  };

  return (
    <form {...form.formProps(signIn)} className="grid gap-5">
      {reason && <Notice tone="danger">{reason}</Notice>}
      <FormField form={form} name="email" label="Email">
        {(control) => <Input {...control} type="email" autoComplete="username" required maxLength={254} />}
      </FormField>
      <FormField
        form={form}
        name="password"
        label="Password"
        aside={
          <Link href="/forgot-password" className="text-accent underline-offset-4 hover:underline">
            Forgot password?
          </Link>
        }
      >
        {(control) => <PasswordInput {...control} autoComplete="current-password" required />}
      </FormField>
      <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
        Sign in
      </Button>
    </form>
  );
}
