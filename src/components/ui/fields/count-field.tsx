"use client";

import type { ReactNode } from "react";
import { formatCount } from "@/shared/format/count";
import { readCount } from "@/shared/typed/count";
import { Input } from "./input";
import { TypedField } from "./typed-field";

interface CountFieldProps {
  label: string;
  value: string;
  onChange: (typed: string) => void;
  bounds: { least: number; most: number };
  /** The unit: "requests per minute". */
  unit: string;
  whenEmpty?: string;
  placeholder?: string;
  hint?: ReactNode;
  aside?: ReactNode;
  error?: string | undefined;
}

/** A text field for a whole number. */
export function CountField({ value, onChange, bounds, unit, placeholder, ...field }: CountFieldProps) {
  return (
    <TypedField
      {...field}
      value={value}
      read={(typed) => readCount(typed, bounds)}
      say={(count) => `${formatCount(count)} ${unit}`}
    >
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          autoComplete="off"
          className="num"
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </TypedField>
  );
}
