"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import * as z from "zod/mini";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Textarea } from "@/components/ui/fields/textarea";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { textSchema } from "../../../../_client/form-schemas";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import { WebhookSecret } from "../../../_components/credentials/webhook-secret";
import type { Stream } from "./stream-state";

interface StreamDialogProps {
  /** Changed, where there is one; else a new one is set up. */
  stream: Stream | undefined;
  onDone: () => void;
}

const schema = z.object({
  kind: z.enum(["webhook", "syslog"]),
  target: textSchema("Enter where to send it."),
  ca: z.string(),
});

export function StreamDialog({ stream, onDone }: StreamDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      {secret === null ? (
        <StreamForm stream={stream} onSecret={setSecret} onDone={onDone} />
      ) : (
        <WebhookSecret
          title="Audit stream set up"
          secret={secret}
          onDone={onDone}
          note="Changing the receiver replaces it."
        />
      )}
    </Dialog>
  );
}

function StreamForm({
  stream,
  onSecret,
  onDone,
}: StreamDialogProps & {
  onSecret: (secret: string) => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(trpc.audit.stream.set.mutationOptions());
  const form = useZodForm(schema, {
    defaultValues: { kind: stream?.kind ?? "webhook", target: stream?.target ?? "", ca: "" },
  });
  const { kind } = form.watch();
  const action = stream === undefined ? "Set up stream" : "Save changes";
  const send = async ({ ca, ...fields }: z.output<typeof schema>) => {
    const authority = fields.kind === "syslog" && ca.trim() !== "" ? { ca: ca.trim() } : {};
    const saved = await set.mutateAsync({ ...fields, ...authority });
    if (saved.secret !== null) onSecret(saved.secret);
    else {
      toast(stream === undefined ? "Audit stream set up" : "Audit stream changed", { tone: "good" });
      onDone();
    }
    await queryClient.invalidateQueries(trpc.audit.stream.pathFilter());
  };
  return (
    <DialogContent
      title={stream === undefined ? "Set up audit stream" : "Change audit stream"}
      description={
        stream === undefined
          ? "It starts with the next entry."
          : "The new receiver continues where the last one stopped. A webhook gets a new secret."
      }
    >
      <form {...form.formProps(send)} className="grid gap-4">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        <FormField form={form} name="kind" label="Receiver">
          {(control) => (
            <Select {...control}>
              <option value="webhook">Webhook</option>
              <option value="syslog">Syslog over TLS</option>
            </Select>
          )}
        </FormField>
        <FormField
          form={form}
          name="target"
          label={kind === "webhook" ? "URL" : "Host and port"}
          hint={
            kind === "webhook" ? "A public HTTPS URL." : "At a public address, such as logs.example.com:6514."
          }
        >
          {(control) => (
            <Input
              {...control}
              autoFocus
              maxLength={2000}
              autoComplete="off"
              spellCheck={false}
              placeholder={kind === "webhook" ? "https://siem.example.com/agathaai" : "logs.example.com:6514"}
            />
          )}
        </FormField>
        {kind === "syslog" && (
          <FormField
            form={form}
            name="ca"
            label="Certificate authority"
            hint="Only if no public authority signed the receiver’s certificate. Paste it as PEM."
          >
            {(control) => (
              <Textarea {...control} rows={5} spellCheck={false} placeholder="-----BEGIN CERTIFICATE-----" />
            )}
          </FormField>
        )}
        <DialogSubmitFooter pending={form.formState.isSubmitting}>{action}</DialogSubmitFooter>
      </form>
    </DialogContent>
  );
}
