"use client";

import { type ReactNode, useState } from "react";
import type { Reading } from "@/shared/reading";
import { Field, type FieldControl } from "./field";

interface TypedFieldProps<Value> {
  label: string;
  value: string;
  read: (typed: string) => Reading<Value>;
  /** What was understood, said back before anything is saved: "$1,250.00 per month". */
  say: (value: Value) => string;
  /** What an empty field means; without it, empty is nothing yet. */
  whenEmpty?: string;
  hint?: ReactNode;
  aside?: ReactNode;
  /** From the form or the server; it goes before what is wrong with the text itself. */
  error?: string | undefined;
  className?: string;
  children: (control: FieldControl & { onBlur: () => void; onInput: () => void }) => ReactNode;
}

/** A field whose text means an amount, a count or a day: it says what it understood, or, once left, why it cannot. */
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
