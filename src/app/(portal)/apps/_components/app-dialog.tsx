"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, useState } from "react";
import { appScopeOrder } from "@/components/format/scope-labels";
import { Button } from "@/components/ui/button";
import { CheckList } from "@/components/ui/fields/check-list";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { Field } from "@/components/ui/fields/field";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Textarea } from "@/components/ui/fields/textarea";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";
import { type App, type AppDraft, appDraftSchema, draftOf, fieldsOf, readAsBase64 } from "../_lib/app-draft";
import { AppSecret } from "./app-secret";

interface AppDialogProps {
  /** Changed, where there is one; else a new one is registered. */
  app?: App;
  onDone: () => void;
}

interface Registered {
  id: string;
  secret: string | null;
}

export function AppDialog({ app, onDone }: AppDialogProps) {
  const [registered, setRegistered] = useState<Registered | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      {registered === null ? (
        <AppForm app={app} onRegistered={setRegistered} onDone={onDone} />
      ) : (
        <AppSecret
          title="App registered"
          clientId={registered.id}
          secret={registered.secret}
          onDone={onDone}
        />
      )}
    </Dialog>
  );
}

const MAX_LOGO_BYTES = 512 * 1024;

function AppForm({
  app,
  onRegistered,
  onDone,
}: {
  app: App | undefined;
  onRegistered: (registered: Registered) => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const register = useMutation(trpc.apps.register.mutationOptions());
  const update = useMutation(trpc.apps.update.mutationOptions());
  const [logo, setLogo] = useState<string | null | undefined>(undefined);
  const [logoError, setLogoError] = useState<string | undefined>(undefined);
  const form = useZodForm(appDraftSchema, {
    defaultValues: draftOf(app),
    apiNames: { homepage_url: "homepage", redirect_uris: "redirectUris" },
  });
  const { scopes, kind, deviceFlow } = form.watch();
  const action = app === undefined ? "Register app" : "Save changes";

  const chooseLogo = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0];
    setLogoError(
      file !== undefined && file.size > MAX_LOGO_BYTES ? "Choose a file under 512 KB." : undefined,
    );
    setLogo(file === undefined || file.size > MAX_LOGO_BYTES ? undefined : await readAsBase64(file));
  };

  const send = async (draft: AppDraft) => {
    const fields = fieldsOf(draft, logo);
    if (app === undefined) {
      const { logo: image, ...rest } = fields;
      const made = await register.mutateAsync({
        ...rest,
        ...(typeof image === "string" && { logo: image }),
        confidential: draft.kind === "confidential",
      });
      onRegistered({ id: made.id, secret: made.client_secret });
    } else {
      await update.mutateAsync({ id: app.id, ...fields });
      toast("App changed", { tone: "good" });
      onDone();
    }
    await queryClient.invalidateQueries(trpc.apps.pathFilter());
  };

  return (
    <DialogContent
      title={app === undefined ? "Register app" : `Edit ${app.name}`}
      description="People see the name, logo and homepage when your app asks them to connect."
    >
      <form {...form.formProps(send)} className="grid gap-4">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        <FormField form={form} name="name" label="Name">
          {(control) => <Input {...control} autoFocus maxLength={60} autoComplete="off" />}
        </FormField>
        <FormField form={form} name="homepage" label="Homepage">
          {(control) => (
            <Input
              {...control}
              type="url"
              maxLength={500}
              placeholder="https://example.com"
              autoComplete="off"
            />
          )}
        </FormField>
        <FormField
          form={form}
          name="redirectUris"
          label="Redirect URIs"
          hint="One per line. The URI your app sends must match one of them exactly. An app with device sign-in needs none."
        >
          {(control) => (
            <Textarea {...control} placeholder="https://example.com/callback" spellCheck={false} />
          )}
        </FormField>
        {app === undefined && (
          <fieldset>
            <legend className="mb-1.5 font-medium">Kind</legend>
            <div className="grid gap-2 sm:grid-cols-2">
              <ChoiceCard
                name="kind"
                title="Confidential"
                checked={kind === "confidential"}
                onChoose={() => form.change({ kind: "confidential" })}
              >
                Runs on your server and can keep a secret.
              </ChoiceCard>
              <ChoiceCard
                name="kind"
                title="Public"
                checked={kind === "public"}
                onChoose={() => form.change({ kind: "public" })}
              >
                Runs in a browser or on a device. No secret.
              </ChoiceCard>
            </div>
          </fieldset>
        )}
        <label className="flex cursor-pointer items-start gap-2.5">
          <input
            type="checkbox"
            checked={deviceFlow}
            onChange={() => form.change({ deviceFlow: !deviceFlow })}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span>
            <span className="block font-medium">Device sign-in</span>
            <span className="block text-[13px] text-muted">
              People can connect it from a terminal or device without a browser, by entering a code here.
            </span>
          </span>
        </label>
        <FormField form={form} name="scopes" label="Scopes">
          {() => (
            <CheckList
              legend="What the app can ask people for"
              options={appScopeOrder}
              chosen={scopes}
              onChange={(chosen) => form.change({ scopes: chosen })}
            />
          )}
        </FormField>
        <Field label="Logo" hint="Optional. A PNG, JPEG or WebP of up to 512 KB." error={logoError}>
          {(control) => (
            <Input
              {...control}
              type="file"
              className="py-1.5"
              accept="image/png,image/jpeg,image/webp"
              onChange={(event) => void chooseLogo(event)}
            />
          )}
        </Field>
        {app?.logo_url != null && logo === undefined && (
          <Button variant="ghost" size="sm" className="justify-self-start" onClick={() => setLogo(null)}>
            Remove logo
          </Button>
        )}
        <DialogSubmitFooter pending={form.formState.isSubmitting}>{action}</DialogSubmitFooter>
      </form>
    </DialogContent>
  );
}
