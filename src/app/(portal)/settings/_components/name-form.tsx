"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";

interface NameFormProps {
  label: string;
  autoComplete: string;
  /** As stored. */
  value: string;
  onSave: (name: string) => Promise<unknown>;
}

/**
 * One name, and a button that is enabled while it differs from what is stored. The server sends the name in the page, so
 * the field is controlled: react-hook-form would fill it only after hydration, over what was typed by then.
 */
export function NameForm({ label, autoComplete, value, onSave }: NameFormProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const text = draft ?? value;
  const name = text.trim();
  const failure = error ? readFailure(error) : null;
  const refused = fieldError(failure, "name");
  const missing = tried && name === "" ? "Enter a name." : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name === "" || name === value || sending) return;
    setSending(true);
    try {
      await onSave(name);
      setDraft(null);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setSending(false);
    }
  };

  return (
    <form onSubmit={submit} method="post" noValidate className="grid max-w-md gap-4">
      {failure && !refused && <FailureNotice error={error} />}
      <Field label={label} error={missing ?? refused}>
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete={autoComplete}
            maxLength={120}
            value={text}
            onChange={(event) => {
              setDraft(event.currentTarget.value);
              setError(null);
            }}
          />
        )}
      </Field>
      <Button type="submit" className="w-fit" disabled={name === value} pending={sending}>
        Save name
      </Button>
    </form>
  );
}
