"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { SecretField } from "@/components/ui/fields/secret-field";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { textSchema } from "../../../../_client/form-schemas";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import { ConfirmDialog } from "../../../_components/confirm-dialog";
import { CodesDialog } from "./codes-dialog";

interface DialogProps {
  onDone: () => void;
}

/** Shows the secret, takes a code of it, then shows the recovery codes, which must be closed deliberately. */
export function AddDialog({ onDone }: DialogProps) {
  const trpc = useTRPC();
  const { mutate: start, ...started } = useMutation(
    trpc.secondFactor.start.mutationOptions({ meta: { refreshes: false } }),
  );
  const confirm = useMutation(trpc.secondFactor.confirm.mutationOptions());
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    start({});
  }, [start]);

  const codes = confirm.data?.recovery_codes;
  if (codes) return <CodesDialog title="Save your recovery codes" codes={codes} onDone={onDone} />;
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title="Add authenticator app"
        description="Scan the QR code with an app such as 1Password, Google Authenticator or Aegis, then enter the code it shows."
      >
        {started.error && <FailureNotice error={started.error} />}
        {started.isPending && (
          <Loading label="Creating a secret" className="grid justify-items-center gap-4">
            <Skeleton className="size-44" />
            <Skeleton className="h-9 w-full" />
          </Loading>
        )}
        {started.data && (
          <ConfirmForm secret={started.data} confirm={(code) => confirm.mutateAsync({ code })} />
        )}
      </DialogContent>
    </Dialog>
  );
}

const schema = z.object({ code: textSchema("Enter the six digits your app shows.") });

interface ConfirmFormProps {
  secret: Outputs["secondFactor"]["start"];
  confirm: (code: string) => Promise<unknown>;
}

function ConfirmForm({ secret: { secret, qr_code }, confirm }: ConfirmFormProps) {
  const form = useZodForm(schema, { defaultValues: { code: "" } });
  return (
    <form {...form.formProps(({ code }) => confirm(code))} className="grid gap-5">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      {/* White in the dark theme too: cameras want dark on light. */}
      {/* biome-ignore lint/performance/noImgElement: a data URL has nothing to optimize. */}
      <img
        src={qr_code}
        alt="QR code with the secret below"
        className="mx-auto size-44 rounded-lg border bg-white"
      />
      <div className="grid gap-1.5">
        <p className="text-[13px] text-muted">Can’t scan it? Enter this secret in your app.</p>
        <SecretField
          secret={secret}
          label="Secret of the authenticator app"
          copyLabel="Copy secret"
          onCopied={() => undefined}
        />
      </div>
      <FormField
        form={form}
        name="code"
        label="Code"
        hint="Six digits. This signs out your other sessions. API keys keep working."
      >
        {(control) => (
          <Input {...control} inputMode="numeric" autoComplete="one-time-code" maxLength={7} required />
        )}
      </FormField>
      <DialogFooter className="mt-1">
        <DialogClose asChild>
          <Button variant="ghost">Cancel</Button>
        </DialogClose>
        <Button type="submit" pending={form.formState.isSubmitting}>
          Add authenticator app
        </Button>
      </DialogFooter>
    </form>
  );
}

export function RenewDialog({ onDone }: DialogProps) {
  const trpc = useTRPC();
  const renew = useMutation(trpc.secondFactor.renewCodes.mutationOptions());
  const codes = renew.data?.recovery_codes;
  if (codes) return <CodesDialog title="Save your recovery codes" codes={codes} onDone={onDone} />;
  return (
    <ConfirmDialog
      title="Create new recovery codes?"
      description="You get ten new codes. Your earlier ones stop working at once."
      action="Create new recovery codes"
      mutation={renew}
      onConfirm={() => renew.mutate({})}
      onDone={onDone}
    />
  );
}

export function RemoveDialog({ onDone }: DialogProps) {
  const trpc = useTRPC();
  const remove = useMutation(
    trpc.secondFactor.remove.mutationOptions({
      onSuccess: () => {
        toast("Authenticator app removed", { description: "We’ve emailed you.", tone: "good" });
        onDone();
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title="Remove authenticator app?"
      description="If you have no passkey, your password alone will sign you in and your recovery codes stop working. You can add an app again at any time."
      action="Remove authenticator app"
      mutation={remove}
      onConfirm={() => remove.mutate({})}
      onDone={onDone}
    />
  );
}
