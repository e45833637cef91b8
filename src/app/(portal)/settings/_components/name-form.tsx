"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";

const MAX_LENGTH = 120;

interface NameFormProps {
  label: string;
  hint?: ReactNode;
  autoComplete: string;
  /** As stored. */
  value: string;
  pending: boolean;
  error: unknown;
  onSave: (name: string) => void;
  /** The text was changed after a refusal. */
  onEdit: () => void;
}

/** One name and a button that wakes up when it differs from what is stored. */
export function NameForm({
  label,
  hint,
  autoComplete,
  value,
  pending,
  error,
  onSave,
  onEdit,
}: NameFormProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const text = draft ?? value;
  const name = text.trim();
  const failure = error ? readFailure(error) : null;
  const refused = fieldError(failure, "name");
  const missing = tried && name === "" ? "Enter a name." : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name !== "" && name !== value) onSave(name);
  };

  return (
    <form onSubmit={submit} noValidate className="grid max-w-md gap-4">
      {failure && !refused && <FailureNotice error={error} />}
      <Field label={label} hint={hint} error={missing ?? refused}>
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete={autoComplete}
            maxLength={MAX_LENGTH}
            value={text}
            onChange={(event) => {
              setDraft(event.currentTarget.value);
              if (error) onEdit();
            }}
          />
        )}
      </Field>
      <Button type="submit" className="w-fit" disabled={name === value} pending={pending}>
        Save
      </Button>
    </form>
  );
}
