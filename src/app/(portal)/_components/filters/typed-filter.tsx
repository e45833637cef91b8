"use client";

import { type FormEvent, useId, useState } from "react";
import { Input } from "@/components/ui/fields/input";

interface TypedFilterProps {
  label: string;
  placeholder: string;
  /** What is said of a text that is no value. */
  help: string;
  /** Takes the text as a value of the filter; false if it is none. */
  onEnter: (text: string) => boolean;
}

/** A filter whose value is typed and taken by Enter. */
export function TypedFilter({ label, placeholder, help, onEnter }: TypedFilterProps) {
  const helpId = useId();
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const entered = text.trim();
    const taken = entered !== "" && onEnter(entered);
    setWrong(entered !== "" && !taken);
    if (taken) setText("");
  };
  return (
    <form onSubmit={submit} className="col-span-2 min-w-0 sm:min-w-44 sm:flex-1">
      <Input
        aria-label={label}
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? helpId : undefined}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
      />
      {wrong && (
        <p id={helpId} className="mt-1 text-[13px] text-danger">
          {help}
        </p>
      )}
    </form>
  );
}
