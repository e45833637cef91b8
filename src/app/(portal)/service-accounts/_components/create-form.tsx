"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { CheckList } from "@/components/ui/fields/check-list";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Inputs, useTRPC } from "../../../_client/trpc";
import { useScopes } from "../../../_client/use-scopes";
import { useZodForm } from "../../../_client/use-zod-form";
import { accountDraftSchema, emptyAccountDraft, givableScopes } from "../_lib/account-draft";

interface CreateFormProps {
  onSubmit: (input: Inputs["serviceAccounts"]["create"]) => Promise<unknown>;
  onCancel: () => void;
}

/** Its limits are set on the page of the account's key. */
export function CreateForm({ onSubmit, onCancel }: CreateFormProps) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const mine = useScopes();
  const form = useZodForm(accountDraftSchema, { defaultValues: emptyAccountDraft });
  const draft = form.watch();
  const unverified = me.data?.user.email_verified === false;
  return (
    <form {...form.formProps(onSubmit)} className="grid gap-5">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      <FormField form={form} name="name" label="Name">
        {(control) => (
          <Input {...control} autoFocus maxLength={80} placeholder="Nightly reports" autoComplete="off" />
        )}
      </FormField>
      <fieldset>
        <legend className="mb-1.5 font-medium">Environment</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          <ChoiceCard
            name="environment"
            title="Test"
            checked={draft.environment === "test"}
            onChoose={() => form.change({ environment: "test" })}
          >
            Simulated answers. Free.
          </ChoiceCard>
          <ChoiceCard
            name="environment"
            title="Live"
            checked={draft.environment === "live"}
            onChoose={() => form.change({ environment: "live" })}
            disabled={unverified}
          >
            {unverified ? "Verify your email first." : "Real answers. Counts toward your plan."}
          </ChoiceCard>
        </div>
      </fieldset>
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
