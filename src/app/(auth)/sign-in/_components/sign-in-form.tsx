"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { PasswordInput } from "../../_components/password-input";
import { signInWithPassword } from "../../_lib/sign-in-with-password";

export function SignInForm({ next }: { next: string }) {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    setFailure(null);
    const reason = await signInWithPassword(String(form.get("email")), String(form.get("password")));
    if (reason === null) {
      // A full load, so that every server component sees the new session.
      location.assign(next);
      return;
    }
    setFailure(reason);
    setPending(false);
  };

  return (
    <form onSubmit={submit} className="grid gap-5">
      {failure && <Notice tone="danger">{failure}</Notice>}
      <Field label="Email">
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" required maxLength={254} />
        )}
      </Field>
      <Field
        label="Password"
        aside={
          <Link href="/forgot-password" className="text-accent underline-offset-4 hover:underline">
            Forgot password?
          </Link>
        }
      >
        {(control) => <PasswordInput {...control} name="password" autoComplete="current-password" required />}
      </Field>
      <Button type="submit" className="h-10" pending={pending}>
        Sign in
      </Button>
    </form>
  );
}
