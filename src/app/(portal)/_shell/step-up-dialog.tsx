"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Dialog, DialogContent, DialogFooter, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { signOutTo } from "../../_client/auth-call";
import { FailureNotice } from "../../_client/failure-notice";
import { passwordSchema, textSchema } from "../../_client/form-schemas";
import { signWithPasskey } from "../../_client/passkeys";
import { stepUpStore } from "../../_client/step-up";
import { type Inputs, type Outputs, useTRPC } from "../../_client/trpc";
import { useZodForm } from "../../_client/use-zod-form";
import { signInPath } from "../../_lib/safe-next";
import { PasswordInput } from "../../(auth)/_components/password-input";
import { RetryNotice } from "../_components/query-states";

const texts = {
  code: "Use a passkey, or enter a code from your authenticator app or a recovery code.",
  password: "Enter your password.",
  company: "Sign in at your company again, then repeat what you did.",
  none: "Your account has no password. Sign in again, then try again.",
} as const;

/** Asks whether it is still the same person, by a code where they have a second factor, else by their password. */
export function StepUpDialog() {
  const trpc = useTRPC();
  const methods = useQuery(trpc.account.signInMethods.queryOptions());
  const by = methods.data && wayOf(methods.data);
  return (
    <Dialog open onOpenChange={(open) => !open && stepUpStore.settle(false)}>
      <DialogContent
        title="Confirm it’s you"
        description={
          by && by !== "none" ? `${texts[by]} We won’t ask again for 10 minutes.` : by && texts[by]
        }
      >
        {methods.isPending && (
          <Loading label="Loading your sign-in methods" className="grid gap-3">
            <Skeleton className="w-24" />
            <Skeleton className="h-9" />
          </Loading>
        )}
        {methods.isError && <RetryNotice query={methods} title="Couldn’t load your sign-in methods" />}
        {by === "code" && <CodeForm passkeys={methods.data?.passkeys ?? 0} />}
        {by === "password" && <PasswordForm />}
        {by === "company" && <CompanyButton />}
        {by === "none" && (
          <DialogFooter>
            <Button onClick={() => void signOutTo(signInPath(location.pathname))}>Sign in again</Button>
          </DialogFooter>
        )}
      </DialogContent>
    </Dialog>
  );
}

function wayOf({ second_factor, company, password }: Outputs["account"]["signInMethods"]) {
  if (second_factor) return "code";
  if (company) return "company";
  return password ? "password" : "none";
}

/** Sends the proof; once it is accepted, the calls that wait go on. */
function useStepUp() {
  const trpc = useTRPC();
  const { mutateAsync } = useMutation(trpc.auth.stepUp.mutationOptions({ meta: { refreshes: false } }));
  return async (proof: Inputs["auth"]["stepUp"]) => {
    await mutateAsync(proof);
    stepUpStore.settle(true);
  };
}

/** Leaves the page: what was entered in it is entered again afterwards. */
function CompanyButton() {
  const next = encodeURIComponent(location.pathname);
  return (
    <DialogFooter>
      <Button asChild>
        <a href={`/api/auth/company/step-up?next=${next}`}>Confirm at your company</a>
      </Button>
    </DialogFooter>
  );
}

const codeSchema = z.object({ totp: textSchema("Enter a code.") });

/** Proves it with a passkey of this browser; whoever has none here enters a code. */
function PasskeyButton() {
  const trpc = useTRPC();
  const start = useMutation(trpc.passkeys.startStepUp.mutationOptions({ meta: { refreshes: false } }));
  const prove = useMutation(trpc.passkeys.stepUp.mutationOptions({ meta: { refreshes: false } }));
  const use = useMutation({
    meta: { refreshes: false },
    mutationFn: async () => {
      const { options } = await start.mutateAsync({});
      const assertion = await signWithPasskey(options);
      await prove.mutateAsync({ assertion: { ...assertion, type: "public-key" } });
    },
    onSuccess: () => stepUpStore.settle(true),
  });
  return (
    <div className="grid gap-3">
      {use.error && <FailureNotice error={use.error} />}
      <Button variant="secondary" pending={use.isPending} onClick={() => use.mutate()}>
        <KeyRound aria-hidden="true" />
        Use a passkey
      </Button>
    </div>
  );
}

function CodeForm({ passkeys }: { passkeys: number }) {
  const send = useStepUp();
  const form = useZodForm(codeSchema, { defaultValues: { totp: "" } });
  return (
    <form {...form.formProps(send)} className="grid gap-4">
      {passkeys > 0 && <PasskeyButton />}
      {form.failure !== null && <FailureNotice error={form.failure} />}
      <FormField form={form} name="totp" label="Code">
        {(control) => <Input {...control} autoComplete="one-time-code" maxLength={64} required />}
      </FormField>
      <Footer pending={form.formState.isSubmitting} />
    </form>
  );
}

const passwordFields = z.object({ password: passwordSchema("Enter your password.") });

function PasswordForm() {
  const send = useStepUp();
  const form = useZodForm(passwordFields, { defaultValues: { password: "" } });
  return (
    <form {...form.formProps(send)} className="grid gap-4">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      <FormField form={form} name="password" label="Password">
        {(control) => <PasswordInput {...control} autoComplete="current-password" required />}
      </FormField>
      <Footer pending={form.formState.isSubmitting} />
    </form>
  );
}

function Footer({ pending }: { pending: boolean }) {
  return <DialogSubmitFooter pending={pending}>Confirm</DialogSubmitFooter>;
}
