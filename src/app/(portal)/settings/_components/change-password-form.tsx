"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { toast } from "@/components/ui/toast-store";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { PasswordInput } from "../../../(auth)/_components/password-input";
import { PasswordRules, passwordIsAcceptable } from "../../../(auth)/_components/password-rules";

const FIELDS = ["current_password", "new_password"] as const;
type FieldName = (typeof FIELDS)[number];
const empty: Record<FieldName, string> = { current_password: "", new_password: "" };

export function ChangePasswordForm({ email, name }: { email: string; name: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [values, setValues] = useState(empty);
  const [tried, setTried] = useState(false);
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess: () => {
        setValues(empty);
        setTried(false);
        toast("Password changed", { description: "You’re signed out everywhere else.", tone: "good" });
        return queryClient.invalidateQueries(trpc.account.sessions.pathFilter());
      },
    }),
  );
  const known = [name, email, email.split("@")[0] ?? ""];
  const acceptable = passwordIsAcceptable(values.new_password, known);
  const failure = change.error ? readFailure(change.error) : null;
  const errors: Record<FieldName, string | undefined> = {
    current_password:
      tried && values.current_password === ""
        ? "Enter your current password."
        : fieldError(failure, "current_password"),
    new_password:
      tried && !acceptable ? "The password doesn’t meet the rules yet." : fieldError(failure, "new_password"),
  };
  const atField = FIELDS.some((field) => fieldError(failure, field));

  const set = (field: FieldName) => (event: { currentTarget: { value: string } }) => {
    setValues({ ...values, [field]: event.currentTarget.value });
    if (change.isError) change.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (acceptable && values.current_password !== "") change.mutate(values);
  };

  return (
    <form onSubmit={submit} noValidate className="grid max-w-md gap-4">
      {failure && !atField && <FailureNotice error={change.error} />}
      {/* For password managers: whose password this is. */}
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field label="Current password" error={errors.current_password}>
        {(control) => (
          <PasswordInput
            {...control}
            name="current_password"
            autoComplete="current-password"
            value={values.current_password}
            onChange={set("current_password")}
          />
        )}
      </Field>
      <Field
        label="New password"
        error={errors.new_password}
        hint={<PasswordRules password={values.new_password} known={known} />}
      >
        {(control) => (
          <PasswordInput
            {...control}
            name="new_password"
            autoComplete="new-password"
            value={values.new_password}
            onChange={set("new_password")}
          />
        )}
      </Field>
      <Button type="submit" className="w-fit" pending={change.isPending}>
        Change password
      </Button>
    </form>
  );
}
