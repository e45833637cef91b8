"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import * as z from "zod/mini";
import { CheckList } from "@/components/ui/fields/check-list";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { eventTypeIds, isEventType } from "@/shared/webhooks/events";
import { FailureNotice } from "../../../_client/failure-notice";
import { textSchema } from "../../../_client/form-schemas";
import { useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";
import { WebhookSecret } from "../../_components/credentials/webhook-secret";
import type { Endpoint } from "../_lib/types";

interface EndpointDialogProps {
  /** Changed, where there is one; else a new one is made. */
  endpoint?: Endpoint;
  onDone: () => void;
}

const schema = z.object({
  url: textSchema("Enter the URL."),
  description: z.string(),
  environment: z.enum(["live", "test"]),
  events: z.array(z.enum(eventTypeIds)).check(z.minLength(1, "Choose at least one event.")),
});

export function EndpointDialog({ endpoint, onDone }: EndpointDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      {secret === null ? (
        <EndpointForm endpoint={endpoint} onSecret={setSecret} onDone={onDone} />
      ) : (
        <WebhookSecret title="Endpoint added" secret={secret} onDone={onDone} />
      )}
    </Dialog>
  );
}

function EndpointForm({
  endpoint,
  onSecret,
  onDone,
}: {
  endpoint: Endpoint | undefined;
  onSecret: (secret: string) => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(trpc.webhooks.create.mutationOptions());
  const update = useMutation(trpc.webhooks.update.mutationOptions());
  const form = useZodForm(schema, {
    defaultValues: {
      url: endpoint?.url ?? "",
      description: endpoint?.description ?? "",
      environment: endpoint?.environment ?? "live",
      events: (endpoint?.events ?? ["inference.completed", "inference.failed"]).filter(isEventType),
    },
  });
  const { events } = form.watch();
  const action = endpoint === undefined ? "Add endpoint" : "Save changes";
  const send = async ({ environment, ...fields }: z.output<typeof schema>) => {
    if (endpoint === undefined) {
      const created = await create.mutateAsync({ environment, ...fields });
      onSecret(created.secret);
    } else {
      await update.mutateAsync({ id: endpoint.id, ...fields });
      toast("Endpoint changed", { tone: "good" });
      onDone();
    }
    await queryClient.invalidateQueries(trpc.webhooks.pathFilter());
  };
  return (
    <DialogContent
      title={endpoint === undefined ? "Add endpoint" : "Change endpoint"}
      description="It receives events from now on, signed with its own secret."
    >
      <form {...form.formProps(send)} className="grid gap-4">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        <FormField form={form} name="url" label="URL" hint="A public HTTPS URL.">
          {(control) => (
            <Input
              {...control}
              type="url"
              autoFocus
              maxLength={2000}
              placeholder="https://example.com/webhooks/agathaai"
              autoComplete="off"
            />
          )}
        </FormField>
        <FormField form={form} name="description" label="Description" hint="Optional.">
          {(control) => <Input {...control} maxLength={120} autoComplete="off" />}
        </FormField>
        {endpoint === undefined && (
          <FormField
            form={form}
            name="environment"
            label="Environment"
            hint="Events about the whole organization, such as billing, go to live endpoints."
          >
            {(control) => (
              <Select {...control}>
                <option value="live">Live</option>
                <option value="test">Test</option>
              </Select>
            )}
          </FormField>
        )}
        <FormField form={form} name="events" label="Events">
          {() => (
            <CheckList
              legend="Events to send"
              options={eventTypeIds}
              chosen={events}
              onChange={(chosen) => form.change({ events: chosen })}
            />
          )}
        </FormField>
        <DialogSubmitFooter pending={form.formState.isSubmitting}>{action}</DialogSubmitFooter>
      </form>
    </DialogContent>
  );
}
