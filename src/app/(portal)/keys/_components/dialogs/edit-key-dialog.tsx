"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast-store";
import { fieldError, readFailure } from "../../../../_client/failure";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import type { Key } from "../../_lib/key";
import {
  draftOfKey,
  findKeyDraftErrors,
  hasErrors,
  type KeyDraft,
  type KeyDraftErrors,
} from "../../_lib/key-draft";
import { toUpdateKeyInput } from "../../_lib/key-input";
import { useRefreshKeys } from "../../_lib/key-queries";
import { KeyLimitFields } from "../form/key-limit-fields";

const noErrors: KeyDraftErrors = { ipAllowlist: [] };

export function EditKeyDialog({ apiKey, onDone }: { apiKey: Key; onDone: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshKeys();
  const [draft, setDraft] = useState<KeyDraft>(() => draftOfKey(apiKey));
  const [tried, setTried] = useState(false);
  const change = (part: Partial<KeyDraft>) => setDraft({ ...draft, ...part });
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
  const errors = tried ? findKeyDraftErrors(draft, new Date(), draftOfKey(apiKey)) : noErrors;
  const failure = update.error ? readFailure(update.error) : null;
  const nameError = errors.name ?? fieldError(failure, "name");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const now = new Date();
    if (hasErrors(findKeyDraftErrors(draft, now, draftOfKey(apiKey)))) return;
    const input = toUpdateKeyInput(draft, apiKey, now);
    if (Object.keys(input).length === 1) onDone();
    else update.mutate(input);
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title={`Change ${apiKey.name}`}
        description="Its secret, environment and permissions don't change. For different ones, create a new key."
      >
        <form onSubmit={submit} noValidate className="grid gap-5">
          {failure && !nameError && <FailureNotice error={update.error} />}
          <Field label="Name" error={nameError}>
            {(control) => (
              <Input
                {...control}
                maxLength={80}
                autoComplete="off"
                value={draft.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
            )}
          </Field>
          <KeyLimitFields
            draft={draft}
            expiresAt={apiKey.expires_at}
            onChange={change}
            errors={errors}
            failure={failure}
          />
          <DialogFooter className="mt-1">
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={update.isPending}>
              Save changes
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
