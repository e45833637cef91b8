"use client";

import { useMutation } from "@tanstack/react-query";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { passwordSchema } from "../../../../_client/form-schemas";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import { PasswordInput } from "../../../../(auth)/_components/password-input";
import {
  PasswordRules,
  passwordIsAcceptable,
  unacceptablePassword,
  wordsOf,
} from "../../../../(auth)/_components/password-rules";

const fields = z.object({
  current_password: passwordSchema("Enter your current password."),
  new_password: z.string(),
});

export function ChangePasswordForm({ email, name }: { email: string; name: string }) {
  const trpc = useTRPC();
  const change = useMutation(trpc.account.changePassword.mutationOptions());
  const known = wordsOf({ name, email });
  const schema = fields.check(
    z.refine(
      ({ new_password }) => passwordIsAcceptable(new_password, known),
      unacceptablePassword("new_password"),
    ),
  );
  const form = useZodForm(schema, { defaultValues: { current_password: "", new_password: "" } });
  const save = async (passwords: z.output<typeof fields>) => {
    await change.mutateAsync(passwords);
    form.reset();
    toast("Password changed", { description: "You’re signed out everywhere else.", tone: "good" });
  };

  return (
    <form {...form.formProps(save)} className="grid max-w-md gap-4">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      {/* For password managers: whose password this is. */}
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      <FormField form={form} name="current_password" label="Current password">
        {(control) => <PasswordInput {...control} autoComplete="current-password" />}
      </FormField>
      <FormField
        form={form}
        name="new_password"
        label="New password"
        hint={<PasswordRules password={form.watch("new_password")} known={known} />}
      >
        {(control) => <PasswordInput {...control} autoComplete="new-password" />}
      </FormField>
      <Button type="submit" className="w-fit" pending={form.formState.isSubmitting}>
        Change password
      </Button>
    </form>
  );
}
