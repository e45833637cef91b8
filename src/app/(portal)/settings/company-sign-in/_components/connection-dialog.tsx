"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/dialog";
import { FormField } from "@/components/ui/form-field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { textSchema } from "../../../../_client/form-schemas";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import type { Connection } from "../_lib/company-types";

const roles = ["admin", "developer", "billing", "viewer"] as const;

const schema = z.object({
  issuer: textSchema("Enter the issuer’s URL."),
  clientId: textSchema("Enter the client ID."),
  clientSecret: z.string(),
  role: z.enum(roles),
  enforced: z.boolean(),
});

interface ConnectionDialogProps {
  connection: Connection | null;
  onDone: () => void;
}

export function ConnectionDialog({ connection, onDone }: ConnectionDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(trpc.companySignIn.set.mutationOptions());
  const form = useZodForm(schema, {
    defaultValues: {
      issuer: connection?.issuer ?? "",
      clientId: connection?.client_id ?? "",
      clientSecret: "",
      role: roles.find((role) => role === connection?.default_role) ?? "developer",
      enforced: connection?.enforced ?? false,
    },
    apiNames: { client_id: "clientId", client_secret: "clientSecret", default_role: "role" },
  });
  const send = async ({ issuer, clientId, clientSecret, role, enforced }: z.output<typeof schema>) => {
    await set.mutateAsync({
      issuer,
      client_id: clientId,
      ...(clientSecret !== "" && { client_secret: clientSecret }),
      default_role: role,
      enforced,
    });
    toast(connection ? "Connection changed" : "Identity provider connected", { tone: "good" });
    onDone();
    await queryClient.invalidateQueries(trpc.companySignIn.pathFilter());
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title={connection ? "Edit connection" : "Connect identity provider"}
        description="Create an OpenID Connect web application at your provider, then copy its values here."
      >
        <form {...form.formProps(send)} className="grid gap-4">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <FormField form={form} name="issuer" label="Issuer">
            {(control) => (
              <Input
                {...control}
                type="url"
                autoFocus
                maxLength={500}
                placeholder="https://example.okta.com"
                autoComplete="off"
              />
            )}
          </FormField>
          <FormField form={form} name="clientId" label="Client ID">
            {(control) => <Input {...control} maxLength={500} autoComplete="off" />}
          </FormField>
          <FormField
            form={form}
            name="clientSecret"
            label="Client secret"
            hint={connection ? "Leave empty to keep the present one." : undefined}
          >
            {(control) => <Input {...control} type="password" maxLength={2000} autoComplete="off" />}
          </FormField>
          <FormField form={form} name="role" label="Role of new members">
            {(control) => (
              <Select {...control}>
                {roles.map((role) => (
                  <option key={role} value={role}>
                    {role}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField
            form={form}
            name="enforced"
            label="Require it"
            hint="Members of your domains then work here only after signing in through the company. Owners with a second factor that is at least a day old still can without. Sign in through your company once before you turn it on."
          >
            {(control) => (
              <input {...control} type="checkbox" className="size-4 justify-self-start accent-accent" />
            )}
          </FormField>
          <DialogSubmitFooter pending={form.formState.isSubmitting}>
            {connection ? "Save changes" : "Connect identity provider"}
          </DialogSubmitFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
