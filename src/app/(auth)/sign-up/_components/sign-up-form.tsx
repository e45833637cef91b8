"use client";

import { useMutation } from "@tanstack/react-query";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { FailureNotice } from "../../../_client/failure-notice";
import { emailSchema, textSchema } from "../../../_client/form-schemas";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { leaveFor, useZodForm } from "../../../_client/use-zod-form";
import { LegalLink } from "../../../_components/legal-link";
import { PasswordInput } from "../../_components/password-input";
import {
  PasswordRules,
  passwordIsAcceptable,
  unacceptablePassword,
  wordsOf,
} from "../../_components/password-rules";
import { signInWithPassword } from "../../_lib/sign-in-with-password";

const schema = z
  .object({
    name: textSchema("Enter your name."),
    email: emailSchema,
    password: z.string(),
    marketing: z.optional(z.boolean()),
  })
  .check(
    z.refine(
      (account) => passwordIsAcceptable(account.password, wordsOf(account)),
      unacceptablePassword("password"),
    ),
  );

export function SignUpForm({ next }: { next: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const register = useMutation(trpc.auth.signUp.mutationOptions());
  const form = useZodForm(schema);
  const [name = "", email = "", password = ""] = form.watch(["name", "email", "password"]);

  const signUp = async (account: z.output<typeof schema>) => {
    const challenge = await client.auth.challenge.query({});
    // Loaded where it is asked for only.
    const proof = challenge.required
      ? await import("../../_lib/solve-proof").then(({ solveProof }) => solveProof(challenge))
      : undefined;
    await register.mutateAsync({ ...account, ...(proof !== undefined && { proof }) });
    const refusal = await signInWithPassword(account);
    await leaveFor(refusal === null ? next : "/sign-in");
  };

  return (
    <form {...form.formProps(signUp)} className="grid gap-5">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      <FormField form={form} name="name" deps={["password"]} label="Name">
        {(control) => <Input {...control} autoComplete="name" required maxLength={100} />}
      </FormField>
      <FormField form={form} name="email" deps={["password"]} label="Email">
        {(control) => <Input {...control} type="email" autoComplete="username" required maxLength={254} />}
      </FormField>
      <FormField
        form={form}
        name="password"
        label="Password"
        hint={<PasswordRules password={password} known={wordsOf({ name, email })} />}
      >
        {(control) => <PasswordInput {...control} autoComplete="new-password" required />}
      </FormField>
      <label className="flex items-start gap-2.5">
        <input
          type="checkbox"
          className="mt-1 size-4 shrink-0 accent-accent"
          {...form.register("marketing")}
        />
        Email me news and offers. You can withdraw at any time.
      </label>
      <p className="text-[13px] text-muted">
        By creating an account you agree to the <LegalLink to="terms" /> and the <LegalLink to="dpa" />, and
        confirm that you have read the <LegalLink to="privacy" />.
      </p>
      <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
        Create account
      </Button>
    </form>
  );
}
