"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { textSchema } from "../../../../_client/form-schemas";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import { ConfirmDialog } from "../../../_components/confirm-dialog";
import type { Domain } from "../_lib/company-types";

const schema = z.object({ domain: textSchema("Enter a domain, such as example.com.") });

export function AddDomainDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const add = useMutation(trpc.domains.add.mutationOptions());
  const form = useZodForm(schema, { defaultValues: { domain: "" } });
  const send = async ({ domain }: z.output<typeof schema>) => {
    const added = await add.mutateAsync({ domain });
    toast(`${added.domain} added`, { description: "Publish its DNS record, then check it.", tone: "good" });
    onDone();
    await queryClient.invalidateQueries(trpc.domains.pathFilter());
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent title="Add domain" description="The part of your email addresses behind the @.">
        <form {...form.formProps(send)} className="grid gap-4">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <FormField form={form} name="domain" label="Domain">
            {(control) => (
              <Input {...control} autoFocus maxLength={253} placeholder="example.com" autoComplete="off" />
            )}
          </FormField>
          <DialogSubmitFooter pending={form.formState.isSubmitting}>Add domain</DialogSubmitFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

export function RemoveDomainDialog({ domain, onDone }: { domain: Domain; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.domains.remove.mutationOptions({
      onSuccess: () => {
        toast(`${domain.domain} removed`, { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.domains.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title={`Remove ${domain.domain}?`}
      description="Its addresses no longer lead to your company’s sign-in. Members stay members. You can add it again with a new record."
      action="Remove domain"
      mutation={remove}
      onConfirm={() => remove.mutate({ id: domain.id })}
      onDone={onDone}
    />
  );
}
