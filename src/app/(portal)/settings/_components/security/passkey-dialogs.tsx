"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { textSchema } from "../../../../_client/form-schemas";
import { createPasskey } from "../../../../_client/passkeys";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import { ConfirmDialog } from "../../../_components/confirm-dialog";
import { CodesDialog } from "./codes-dialog";

export type Passkey = Outputs["passkeys"]["list"]["data"][number];

interface DialogProps {
  onDone: () => void;
}

/** Names the passkey, lets the browser make it, and shows the recovery codes that come with a first factor. */
export function AddPasskeyDialog({ onDone }: DialogProps) {
  const trpc = useTRPC();
  const start = useMutation(trpc.passkeys.startAdding.mutationOptions({ meta: { refreshes: false } }));
  const add = useMutation(trpc.passkeys.add.mutationOptions());
  const [codes, setCodes] = useState<string[] | null>(null);
  const create = async (name: string) => {
    const { options } = await start.mutateAsync({});
    const credential = await createPasskey(options);
    const { recovery_codes } = await add.mutateAsync({
      name,
      credential: { ...credential, type: "public-key" },
    });
    toast("Passkey added", { description: "We’ve emailed you.", tone: "good" });
    if (recovery_codes === null) onDone();
    else setCodes(recovery_codes);
  };
  if (codes) return <CodesDialog title="Save your recovery codes" codes={codes} onDone={onDone} />;
  return (
    <NameDialog
      title="Add passkey"
      description="Your browser then asks where to save it: this device, your password manager or a security key."
      hint="So that you recognize it later. If it’s your first second factor, your other sessions are signed out; API keys keep working."
      action="Continue"
      name=""
      save={create}
      onDone={onDone}
    />
  );
}

export function RenamePasskeyDialog({ passkey, onDone }: DialogProps & { passkey: Passkey }) {
  const trpc = useTRPC();
  const rename = useMutation(trpc.passkeys.rename.mutationOptions({ onSuccess: onDone }));
  return (
    <NameDialog
      title="Rename passkey"
      description="Only you see this name."
      action="Rename passkey"
      name={passkey.name}
      save={(name) => rename.mutateAsync({ id: passkey.id, name })}
      onDone={onDone}
    />
  );
}

export function RemovePasskeyDialog({ passkey, onDone }: DialogProps & { passkey: Passkey }) {
  const trpc = useTRPC();
  const remove = useMutation(
    trpc.passkeys.remove.mutationOptions({
      onSuccess: () => {
        toast("Passkey removed", { description: "We’ve emailed you.", tone: "good" });
        onDone();
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title={`Remove passkey ${passkey.name}?`}
      description="It will no longer sign you in. If it’s your last second factor, your password alone signs you in and your recovery codes stop working. Delete it in your password manager as well."
      action="Remove passkey"
      mutation={remove}
      onConfirm={() => remove.mutate({ id: passkey.id })}
      onDone={onDone}
    />
  );
}

const schema = z.object({ name: textSchema("Enter a name.") });

interface NameDialogProps extends DialogProps {
  title: string;
  description: string;
  hint?: string;
  action: string;
  name: string;
  save: (name: string) => Promise<unknown>;
}

function NameDialog({ title, description, hint, action, name, save, onDone }: NameDialogProps) {
  const form = useZodForm(schema, { defaultValues: { name } });
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent title={title} description={description}>
        <form {...form.formProps((typed) => save(typed.name))} className="grid gap-5">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <FormField form={form} name="name" label="Name" {...(hint === undefined ? {} : { hint })}>
            {(control) => <Input {...control} placeholder="Work laptop" maxLength={60} required />}
          </FormField>
          <DialogFooter className="mt-1">
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={form.formState.isSubmitting}>
              {action}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
