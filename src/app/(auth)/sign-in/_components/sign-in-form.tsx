"use client";

import Link from "next/link";
import { useState } from "react";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/form-field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { emailSchema, passwordSchema } from "../../../_client/form-schemas";
import { leaveFor, useZodForm } from "../../../_client/use-zod-form";
import { PasswordInput } from "../../_components/password-input";
import { signInWithPassword } from "../../_lib/sign-in-with-password";

const schema = z.object({ email: emailSchema, password: passwordSchema("Enter your password.") });

export function SignInForm({ next }: { next: string }) {
  const form = useZodForm(schema);
  const [refusal, setRefusal] = useState<string | null>(null);

  const signIn = async ({ email, password }: z.output<typeof schema>) => {
    setRefusal(null);
    const reason = await signInWithPassword(email, password);
    // A full load, so that every server component sees the new session.
    if (reason === null) await leaveFor(next);
    setRefusal(reason);
  };

  return (
    <form {...form.formProps(signIn)} className="grid gap-5">
      {refusal && <Notice tone="danger">{refusal}</Notice>}
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
