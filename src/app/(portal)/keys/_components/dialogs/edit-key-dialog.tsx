"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import type { Key } from "../../_lib/key";
import { draftOfKey, type KeyDraft, keyApiNames, keyDraftSchema } from "../../_lib/key-draft";
import { toUpdateKeyInput } from "../../_lib/key-input";
import { useRefreshKeys } from "../../_lib/key-queries";
import { KeyLimitFields } from "../form/key-limit-fields";

export function EditKeyDialog({ apiKey, onDone }: { apiKey: Key; onDone: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshKeys();
  const [before] = useState(() => draftOfKey(apiKey));
  const schema = keyDraftSchema(() => new Date(), before);
  const form = useZodForm(schema, { defaultValues: before, apiNames: keyApiNames });
  const update = useMutation(
    trpc.keys.update.mutationOptions({
      onSuccess: (key) => {
        toast(`${key.name} changed`, {
          description: "Changes take effect within five seconds.",
          tone: "good",
        });
        onDone();
        return refresh();
      },
    }),
  );
  const send = async (draft: KeyDraft) => {
    const input = toUpdateKeyInput(draft, apiKey, new Date());
    if (Object.keys(input).length === 1) onDone();
    else await update.mutateAsync(input);
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title={`Change ${apiKey.name}`}
        description="Its secret, environment and permissions don’t change. For different ones, create a new key."
      >
        <form {...form.formProps(send)} className="grid gap-5">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <FormField form={form} name="name" label="Name">
            {(control) => <Input {...control} maxLength={80} autoComplete="off" />}
          </FormField>
          <KeyLimitFields
            draft={form.watch()}
            expiresAt={apiKey.expires_at}
            onChange={form.change}
            errorAt={form.errorAt}
          />
          <DialogFooter className="mt-1">
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={form.formState.isSubmitting}>
              Change key
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
