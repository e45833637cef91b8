"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { providerName } from "@/components/format/provider";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { providerIds } from "@/shared/providers";
import { FailureNotice } from "../../../_client/failure-notice";
import { textSchema } from "../../../_client/form-schemas";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";
import { ConfirmDialog } from "../../_components/confirm-dialog";

export type ProviderKey = Outputs["providerKeys"]["list"]["data"][number];

const schema = z.object({ provider: z.enum(providerIds), key: textSchema("Enter the key.") });

interface DialogProps {
  providerKey?: ProviderKey;
  onDone: () => void;
}

/** Adds a key, or with one at hand replaces its secret. The provider is asked before anything is saved. */
export function ProviderKeyDialog(props: DialogProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && props.onDone()}>
      <ProviderKeyForm {...props} />
    </Dialog>
  );
}

function ProviderKeyForm({ providerKey, onDone }: DialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const add = useMutation(trpc.providerKeys.add.mutationOptions());
  const rotate = useMutation(trpc.providerKeys.rotate.mutationOptions());
  const form = useZodForm(schema, {
    defaultValues: { provider: providerKey?.provider ?? "openai", key: "" },
    apiNames: { api_key: "key" },
  });
  const action = providerKey === undefined ? "Add provider key" : "Rotate key";
  const send = async ({ provider, key }: z.output<typeof schema>) => {
    const saved =
      providerKey === undefined
        ? await add.mutateAsync({ provider, api_key: key })
        : await rotate.mutateAsync({ id: providerKey.id, api_key: key });
    await queryClient.invalidateQueries(trpc.providerKeys.pathFilter());
    toast(`${providerName(saved.provider)} key ${providerKey === undefined ? "added" : "rotated"}`, {
      description: "Live requests use it within five seconds.",
      tone: "good",
    });
    onDone();
  };
  return (
    <DialogContent
      title={action}
      description={
        providerKey === undefined
          ? "We test it with the provider first, then store it encrypted. You won’t see it again."
          : `Replaces the key ending in ${providerKey.last_four} once ${providerName(providerKey.provider)} accepts the new one.`
      }
    >
      <form {...form.formProps(send)} className="grid gap-4">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        {providerKey === undefined && (
          <FormField form={form} name="provider" label="Provider">
            {(control) => (
              <Select {...control}>
                {providerIds.map((id) => (
                  <option key={id} value={id}>
                    {providerName(id)}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
        )}
        <FormField
          form={form}
          name="key"
          label="Key"
          hint="It needs permission to list models and call them."
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              required
              maxLength={512}
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </FormField>
        <DialogSubmitFooter pending={form.formState.isSubmitting}>{action}</DialogSubmitFooter>
      </form>
    </DialogContent>
  );
}

export function DeleteProviderKeyDialog({
  providerKey,
  onDone,
}: {
  providerKey: ProviderKey;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const provider = providerName(providerKey.provider);
  const remove = useMutation(
    trpc.providerKeys.delete.mutationOptions({
      onSuccess: () => {
        toast(`${provider} key deleted`, { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.providerKeys.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title={`Delete ${provider} key ending in ${providerKey.last_four}?`}
      description={`Requests will use your next ${provider} key. Without one, they use AgathaAI’s and cost model prices. This can’t be undone here; the key itself stays valid at ${provider}.`}
      action="Delete key"
      mutation={remove}
      onConfirm={() => remove.mutate({ id: providerKey.id })}
      onDone={onDone}
    />
  );
}
