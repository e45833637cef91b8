"use client";

import { Button } from "@/components/ui/button";
import { CheckList } from "@/components/ui/fields/check-list";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../_client/failure-notice";
import type { Inputs } from "../../../_client/trpc";
import { useScopes } from "../../../_client/use-scopes";
import { useZodForm } from "../../../_client/use-zod-form";
import { EnvironmentField } from "../../_components/credentials/environment-field";
import { accountDraftSchema, emptyAccountDraft, givableScopes } from "../_lib/account-draft";

interface CreateFormProps {
  onSubmit: (input: Inputs["serviceAccounts"]["create"]) => Promise<unknown>;
  onCancel: () => void;
}

/** Its limits are set on the page of the account's key. */
export function CreateForm({ onSubmit, onCancel }: CreateFormProps) {
  const mine = useScopes();
  const form = useZodForm(accountDraftSchema, { defaultValues: emptyAccountDraft });
  const draft = form.watch();
  return (
    <form {...form.formProps(onSubmit)} className="grid gap-5">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      <FormField form={form} name="name" label="Name">
        {(control) => (
          <Input {...control} autoFocus maxLength={80} placeholder="Nightly reports" autoComplete="off" />
        )}
      </FormField>
      <EnvironmentField value={draft.environment} onChange={form.change} />
      <FormField form={form} name="scopes" label="Scopes">
        {() => (
          <CheckList
            legend="What it may do"
            hint="Only what your own role has."
            options={givableScopes(mine ?? new Set())}
            chosen={draft.scopes}
            onChange={(scopes) => form.change({ scopes })}
          />
        )}
      </FormField>
      <DialogFooter className="mt-1">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" pending={form.formState.isSubmitting}>
          Create service account
        </Button>
      </DialogFooter>
    </form>
  );
}
