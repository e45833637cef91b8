"use client";

import { type ReactNode, useState } from "react";
import type { Reading } from "@/shared/typed/reading";
import { Field, type FieldControl } from "./field";

interface TypedFieldProps<Value> {
  label: string;
  value: string;
  read: (typed: string) => Reading<Value>;
  /** The value as understood, shown before it is saved: "$1,250.00 per month". */
  say: (value: Value) => string;
  /** Shown for an empty field. */
  whenEmpty?: string;
  hint?: ReactNode;
  aside?: ReactNode;
  /** From the form or the server; takes precedence over the field's own. */
  error?: string | undefined;
  className?: string;
  children: (control: FieldControl & { onBlur: () => void; onInput: () => void }) => ReactNode;
}

/** A text field for an amount, a count or a day. It shows the value as understood or, once left, its error. */
export function TypedField<Value>({
  value,
  read,
  say,
  whenEmpty,
  hint,
  error,
  children,
  ...field
}: TypedFieldProps<Value>) {
  const [left, setLeft] = useState(false);
  const empty = value.trim() === "";
  const reading = empty ? undefined : read(value);
  const problem = left ? reading?.problem : undefined;
  const understood = reading === undefined ? whenEmpty : reading.problem === undefined && say(reading.value);
  return (
    <Field
      {...field}
      error={error ?? problem}
      hint={
        <>
          <output className="num block empty:hidden">{understood}</output>
          {hint}
        </>
      }
    >
      {(control) => children({ ...control, onBlur: () => setLeft(true), onInput: () => setLeft(false) })}
    </Field>
  );
}
