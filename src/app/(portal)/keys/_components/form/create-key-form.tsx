"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import { EnvironmentField } from "../../../_components/credentials/environment-field";
import { emptyKeyDraft, type KeyDraft, keyApiNames, keyDraftSchema } from "../../_lib/key-draft";
import { type CreateKeyInput, toCreateKeyInput } from "../../_lib/key-input";
import { AccessField } from "./access-field";
import { KeyLimitFields } from "./key-limit-fields";

interface CreateKeyFormProps {
  onSubmit: (input: CreateKeyInput) => Promise<unknown>;
  onCancel: () => void;
}

const schema = keyDraftSchema(() => new Date());

export function CreateKeyForm({ onSubmit, onCancel }: CreateKeyFormProps) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const form = useZodForm(schema, { defaultValues: emptyKeyDraft, apiNames: keyApiNames });
  const [limitsOpen, setLimitsOpen] = useState(false);
  const draft = form.watch();
  const send = (checked: KeyDraft) =>
    onSubmit(
      toCreateKeyInput(checked, new Date(), { seesAll: me.data?.scopes.includes("requests:read_all") }),
    );
  // The remaining errors are in the limits: open them.
  const openLimits = (wrong: string[]) => {
    if (!wrong.includes("name") && !wrong.includes("scopes")) setLimitsOpen(true);
  };

  return (
    <form {...form.formProps(send, openLimits)} className="grid gap-5">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      <FormField form={form} name="name" label="Name">
        {(control) => (
          <Input {...control} autoFocus maxLength={80} placeholder="Checkout service" autoComplete="off" />
        )}
      </FormField>
      <EnvironmentField value={draft.environment} onChange={form.change} />
      <AccessField draft={draft} error={form.errorAt("scopes")} onChange={form.change} />
      <details
        className="group"
        open={limitsOpen}
        onToggle={(event) => setLimitsOpen(event.currentTarget.open)}
      >
        <summary className="flex w-fit list-none items-center gap-1 rounded-md font-medium text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden="true" />
          Limits and cache: cap, rate, expiry, IP addresses, models
        </summary>
        <div className="mt-4 border-l pl-4">
          <KeyLimitFields draft={draft} onChange={form.change} errorAt={form.errorAt} />
        </div>
      </details>
      <DialogFooter className="mt-1">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" pending={form.formState.isSubmitting}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}
