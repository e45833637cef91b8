"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { roles as roleWords } from "@/shared/permissions";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import type { Connection } from "../_lib/company-types";
import {
  type ConnectionDraft,
  connectionDraftSchema,
  connectionInput,
  givableRoles,
} from "../_lib/connection-draft";
import { SamlFields } from "./saml-fields";

interface ConnectionDialogProps {
  connection: Connection | null;
  onDone: () => void;
}

export function ConnectionDialog({ connection, onDone }: ConnectionDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(trpc.companySignIn.set.mutationOptions());
  const saml = connection?.kind === "saml";
  const form = useZodForm(connectionDraftSchema, {
    defaultValues: {
      kind: connection?.kind ?? "oidc",
      by: saml ? "hand" : "metadata",
      metadata: "",
      issuer: connection?.issuer ?? "",
      clientId: connection?.client_id ?? "",
      clientSecret: "",
      ssoUrl: connection?.sso_url ?? "",
      certificates: "",
      role: givableRoles.find((role) => role === connection?.default_role) ?? "developer",
      enforced: connection?.enforced ?? false,
    },
    apiNames: {
      client_id: "clientId",
      client_secret: "clientSecret",
      sso_url: "ssoUrl",
      default_role: "role",
    },
  });
  const kind = form.watch("kind");
  const send = async (draft: ConnectionDraft) => {
    await set.mutateAsync(connectionInput(draft));
    toast(connection ? "Connection changed" : "Identity provider connected", { tone: "good" });
    onDone();
    await queryClient.invalidateQueries(trpc.companySignIn.pathFilter());
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title={connection ? "Edit connection" : "Connect identity provider"}
        description="Create an application for AgathaAI at your provider, then copy its values here."
      >
        <form {...form.formProps(send)} className="grid gap-4">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <FormField form={form} name="kind" label="Protocol">
            {(control) => (
              <Select {...control} autoFocus>
                <option value="oidc">OpenID Connect</option>
                <option value="saml">SAML 2.0</option>
              </Select>
            )}
          </FormField>
          {kind === "saml" ? (
            <SamlFields form={form} kept={saml} />
          ) : (
            <>
              <FormField form={form} name="issuer" label="Issuer">
                {(control) => (
                  <Input
                    {...control}
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
                hint={connection?.kind === "oidc" ? "Leave empty to keep the current one." : undefined}
              >
                {(control) => <Input {...control} type="password" maxLength={2000} autoComplete="off" />}
              </FormField>
            </>
          )}
          <FormField form={form} name="role" label="Role of new members">
            {(control) => (
              <Select {...control}>
                {givableRoles.map((role) => (
                  <option key={role} value={role}>
                    {roleWords[role].label}
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
