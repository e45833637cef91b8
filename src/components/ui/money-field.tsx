"use client";

import type { ReactNode } from "react";
import { formatMoneyExactly, readDollars } from "@/shared/money";
import { MoneyInput } from "./money-input";
import { TypedField } from "./typed-field";

interface MoneyFieldProps {
  label: string;
  value: string;
  onChange: (typed: string) => void;
  /** Micro-dollars. */
  bounds: { least: number; most: number };
  /** What the amount is for: "per month". */
  per: string;
  whenEmpty?: string;
  placeholder?: string;
  hint?: ReactNode;
  aside?: ReactNode;
  error?: string | undefined;
}

/** US dollars, typed. */
export function MoneyField({ value, onChange, bounds, per, placeholder, ...field }: MoneyFieldProps) {
  return (
    <TypedField
      {...field}
      value={value}
      read={(typed) => readDollars(typed, bounds)}
      say={(micros) => `${formatMoneyExactly(micros)} ${per}`}
    >
      {(control) => (
        <MoneyInput
          {...control}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </TypedField>
  );
}
