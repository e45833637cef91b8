"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/dialog";
import { FormField } from "@/components/ui/form-field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { toast } from "@/components/ui/toast-store";
import { roles as roleWords } from "@/shared/permissions";
import { FailureNotice } from "../../../../_client/failure-notice";
import { problemsCheck } from "../../../../_client/form-schemas";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import type { Connection } from "../_lib/company-types";

const roles = ["admin", "developer", "billing", "viewer"] as const;

const fields = z.object({
  kind: z.enum(["oidc", "saml"]),
  issuer: z.string().check(z.trim()),
  clientId: z.string().check(z.trim()),
  clientSecret: z.string(),
  ssoUrl: z.string().check(z.trim()),
  certificates: z.string(),
  role: z.enum(roles),
  enforced: z.boolean(),
});

/** What is missing of the chosen protocol. Without a secret or certificate the present one may stay: the server knows. */
const schema = fields.check(
  problemsCheck(({ kind, issuer, clientId, ssoUrl }: z.output<typeof fields>) =>
    kind === "saml"
      ? {
          ...(issuer === "" && { issuer: "Enter the entity ID of your provider." }),
          ...(ssoUrl === "" && { ssoUrl: "Enter the sign-in URL of your provider." }),
        }
      : {
          ...(issuer === "" && { issuer: "Enter the issuer of your provider." }),
          ...(clientId === "" && { clientId: "Enter the client ID." }),
        },
  ),
);

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
      kind: connection?.kind ?? "oidc",
      issuer: connection?.issuer ?? "",
      clientId: connection?.client_id ?? "",
      clientSecret: "",
      ssoUrl: connection?.sso_url ?? "",
      certificates: "",
      role: roles.find((role) => role === connection?.default_role) ?? "developer",
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
  const send = async ({ issuer, role, enforced, ...values }: z.output<typeof schema>) => {
    await set.mutateAsync({
      kind: values.kind,
      issuer,
      ...(values.kind === "saml" ? ofSaml(values) : ofOidc(values)),
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
          <FormField
            form={form}
            name="issuer"
            label={kind === "saml" ? "Entity ID of your provider" : "Issuer"}
          >
            {(control) => (
              <Input
                {...control}
                maxLength={500}
                placeholder={kind === "saml" ? undefined : "https://example.okta.com"}
                autoComplete="off"
              />
            )}
          </FormField>
          {kind === "oidc" ? (
            <>
              <FormField form={form} name="clientId" label="Client ID">
                {(control) => <Input {...control} maxLength={500} autoComplete="off" />}
              </FormField>
              <FormField
                form={form}
                name="clientSecret"
                label="Client secret"
                hint={connection?.kind === "oidc" ? "Leave empty to keep the present one." : undefined}
              >
                {(control) => <Input {...control} type="password" maxLength={2000} autoComplete="off" />}
              </FormField>
            </>
          ) : (
            <>
              <FormField form={form} name="ssoUrl" label="Sign-in URL of your provider">
                {(control) => <Input {...control} type="url" maxLength={500} autoComplete="off" />}
              </FormField>
              <FormField
                form={form}
                name="certificates"
                label="Signing certificate"
                hint={
                  connection?.kind === "saml"
                    ? "PEM text. During a change of certificates, paste the old and the new one. Leave empty to keep the present one."
                    : "PEM text. During a change of certificates, paste the old and the new one, one after the other."
                }
              >
                {(control) => (
                  <Textarea
                    {...control}
                    rows={5}
                    maxLength={20000}
                    spellCheck={false}
                    placeholder="-----BEGIN CERTIFICATE-----"
                    className="max-h-40 whitespace-pre font-mono md:text-[13px]"
                  />
                )}
              </FormField>
            </>
          )}
          <FormField form={form} name="role" label="Role of new members">
            {(control) => (
              <Select {...control}>
                {roles.map((role) => (
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

type Values = z.output<typeof schema>;

/** An empty secret keeps the present one. */
function ofOidc({ clientId, clientSecret }: Pick<Values, "clientId" | "clientSecret">) {
  return {
    ...(clientId !== "" && { client_id: clientId }),
    ...(clientSecret !== "" && { client_secret: clientSecret }),
  };
}

function ofSaml({ ssoUrl, certificates }: Pick<Values, "ssoUrl" | "certificates">) {
  const pems = certificates.split(/(?<=-----END CERTIFICATE-----)/).map((text) => text.trim());
  const given = pems.filter((text) => text !== "");
  return { ...(ssoUrl !== "" && { sso_url: ssoUrl }), ...(given.length > 0 && { certificates: given }) };
}
