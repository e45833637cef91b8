"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { PasswordInput } from "../../_components/password-input";
import { PasswordRules, passwordIsAcceptable } from "../../_components/password-rules";
import { signInWithPassword } from "../../_lib/sign-in-with-password";

const FIELDS = ["name", "email", "password"] as const;
type FieldName = (typeof FIELDS)[number];

export function SignUpForm({ next }: { next: string }) {
  const trpc = useTRPC();
  const register = useMutation(trpc.auth.signUp.mutationOptions());
  const [values, setValues] = useState({ name: "", email: "", password: "" });
  const [tried, setTried] = useState(false);
  const [leaving, setLeaving] = useState(false);

  const known = [values.name, values.email, values.email.split("@")[0] ?? ""];
  const acceptable = passwordIsAcceptable(values.password, known);
  const failure = register.error ? readFailure(register.error) : null;
  const failedField = FIELDS.find((field) => field === failure?.param);
  const errorAt = (field: FieldName) => fieldError(failure, field);
  const passwordError =
    tried && !acceptable ? "The password doesn’t meet the rules yet." : errorAt("password");

  const set = (field: FieldName) => (event: { currentTarget: { value: string } }) => {
    setValues({ ...values, [field]: event.currentTarget.value });
    if (register.isError) register.reset();
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!acceptable) return;
    const account = { ...values, name: values.name.trim(), email: values.email.trim() };
    const registered = await register.mutateAsync(account).catch(() => null);
    if (!registered) return;
    setLeaving(true);
    const reason = await signInWithPassword(account.email, account.password);
    location.assign(reason === null ? next : "/sign-in");
  };

  return (
    <form onSubmit={submit} className="grid gap-5">
      {register.error && !failedField && <FailureNotice error={register.error} />}
      <Field label="Name" error={errorAt("name")}>
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete="name"
            required
            maxLength={100}
            value={values.name}
            onChange={set("name")}
          />
        )}
      </Field>
      <Field label="Email" error={errorAt("email")}>
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="username"
            required
            maxLength={254}
            value={values.email}
            onChange={set("email")}
          />
        )}
      </Field>
      <Field
        label="Password"
        error={passwordError}
        hint={<PasswordRules password={values.password} known={known} />}
      >
        {(control) => (
          <PasswordInput
            {...control}
            name="password"
            autoComplete="new-password"
            required
            value={values.password}
            onChange={set("password")}
          />
        )}
      </Field>
      <Button type="submit" className="h-10" pending={register.isPending || leaving}>
        Create account
      </Button>
    </form>
  );
}
