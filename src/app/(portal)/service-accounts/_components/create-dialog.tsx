"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { ChoiceCard } from "@/components/ui/choice-card";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { FormField } from "@/components/ui/form-field";
import { Input } from "@/components/ui/input";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Inputs, useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";
import { AccessField } from "../../keys/_components/form/access-field";
import { emptyKeyDraft, keyApiNames, keyDraftSchema } from "../../keys/_lib/key-draft";
import { toCreateKeyInput } from "../../keys/_lib/key-input";
import { AccountSecret } from "./account-secret";

export function CreateDialog({ baseUrl, onDone }: { baseUrl: string; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.serviceAccounts.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.serviceAccounts.pathFilter()),
    }),
  );
  if (create.data) {
    return (
      <Dialog open>
        <AccountSecret
          title={`${create.data.name} created`}
          id={create.data.id}
          secret={create.data.client_secret}
          baseUrl={baseUrl}
          onDone={onDone}
        />
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent title="Create service account" description="Name it after the program that will use it.">
        <CreateForm onSubmit={(input) => create.mutateAsync(input)} onCancel={onDone} />
      </DialogContent>
    </Dialog>
  );
}

const schema = keyDraftSchema(() => new Date());

interface CreateFormProps {
  onSubmit: (input: Inputs["serviceAccounts"]["create"]) => Promise<unknown>;
  onCancel: () => void;
}

/** What a key's form asks first; its limits are set on the page of the account's key. */
function CreateForm({ onSubmit, onCancel }: CreateFormProps) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const form = useZodForm(schema, { defaultValues: emptyKeyDraft, apiNames: keyApiNames });
  const draft = form.watch();
  const unverified = me.data?.user.email_verified === false;
  const seesAll = me.data?.scopes.includes("requests:read_all");
  return (
    <form
      {...form.formProps((checked) => {
        const { name, environment, scopes } = toCreateKeyInput(checked, new Date(), { seesAll });
        return onSubmit({ name, environment, ...(scopes && { scopes }) });
      })}
      className="grid gap-5"
    >
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
      <AccessField draft={draft} error={form.errorAt("scopes")} onChange={form.change} />
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
