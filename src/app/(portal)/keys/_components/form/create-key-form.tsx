"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ChoiceCard } from "@/components/ui/choice-card";
import { DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { fieldError, readFailure } from "../../../../_client/failure";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import {
  emptyKeyDraft,
  findKeyDraftErrors,
  hasErrors,
  type KeyDraft,
  type KeyDraftErrors,
} from "../../_lib/key-draft";
import { type CreateKeyInput, toCreateKeyInput } from "../../_lib/key-input";
import { AccessField } from "./access-field";
import { KeyLimitFields } from "./key-limit-fields";

interface CreateKeyFormProps {
  pending: boolean;
  error: unknown;
  onSubmit: (input: CreateKeyInput) => void;
  onCancel: () => void;
}

const noErrors: KeyDraftErrors = { ipAllowlist: [] };

export function CreateKeyForm({ pending, error, onSubmit, onCancel }: CreateKeyFormProps) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const [draft, setDraft] = useState<KeyDraft>(emptyKeyDraft);
  const [tried, setTried] = useState(false);
  const [limitsOpen, setLimitsOpen] = useState(false);
  const change = (part: Partial<KeyDraft>) => setDraft({ ...draft, ...part });
  const unverified = me.data?.user.email_verified === false;
  const errors = tried ? findKeyDraftErrors(draft, new Date()) : noErrors;
  const failure = error ? readFailure(error) : null;
  const nameError = errors.name ?? fieldError(failure, "name");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const now = new Date();
    const found = findKeyDraftErrors(draft, now);
    if (!hasErrors(found)) onSubmit(toCreateKeyInput(draft, now));
    // The remaining errors are in the limits: open them.
    else if (found.name === undefined && found.scopes === undefined) setLimitsOpen(true);
  };

  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      {failure && !nameError && <FailureNotice error={error} />}
      <Field label="Name" error={nameError}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={80}
            placeholder="Checkout service"
            autoComplete="off"
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <fieldset>
        <legend className="mb-1.5 font-medium">Environment</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          <ChoiceCard
            name="environment"
            title="Test"
            checked={draft.environment === "test"}
            onChoose={() => change({ environment: "test" })}
          >
            Simulated answers. Free.
          </ChoiceCard>
          <ChoiceCard
            name="environment"
            title="Live"
            checked={draft.environment === "live"}
            onChoose={() => change({ environment: "live" })}
            disabled={unverified}
          >
            {unverified ? "Verify your email first." : "Real answers. Counts toward your plan."}
          </ChoiceCard>
        </div>
      </fieldset>
      <AccessField draft={draft} error={errors.scopes ?? fieldError(failure, "scopes")} onChange={change} />
      <details
        className="group"
        open={limitsOpen}
        onToggle={(event) => setLimitsOpen(event.currentTarget.open)}
      >
        <summary className="flex w-fit list-none items-center gap-1 rounded-md font-medium text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden="true" />
          Limits: cap, rate, expiry, IP addresses, models
        </summary>
        <div className="mt-4 border-l pl-4">
          <KeyLimitFields draft={draft} onChange={change} errors={errors} failure={failure} />
        </div>
      </details>
      <DialogFooter className="mt-1">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" pending={pending}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}
