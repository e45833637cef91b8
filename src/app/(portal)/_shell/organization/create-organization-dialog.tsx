"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { enterOrganization } from "../../../_client/organization-tabs";
import { useTRPC } from "../../../_client/trpc";

export function CreateOrganizationDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const create = useMutation(
    trpc.team.createOrganization.mutationOptions({
      onSuccess: ({ id }) => enterOrganization(id),
      meta: { refreshes: false },
    }),
  );
  const nameError = fieldError(create.error ? readFailure(create.error) : null, "name");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim() });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title="Create organization"
        description="It has its own keys, requests, members and plan, and starts on Free."
      >
        <form onSubmit={submit} className="grid gap-4">
          {create.error && !nameError && <FailureNotice error={create.error} />}
          <Field label="Name" error={nameError}>
            {(control) => (
              <Input
                {...control}
                required
                maxLength={80}
                autoComplete="organization"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
          <DialogSubmitFooter pending={create.isPending || create.isSuccess}>
            Create organization
          </DialogSubmitFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
