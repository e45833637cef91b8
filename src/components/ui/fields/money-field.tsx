"use client";

import type { ComponentProps, ReactNode } from "react";
import { formatMoneyExactly } from "@/shared/format/money";
import { readDollars } from "@/shared/typed/dollars";
import { cn } from "../../cn";
import { Input } from "./input";
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

/** A text field for US dollars. */
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

/** Dollars as text, read by `readDollars`. */
function MoneyInput({ className, ...props }: Omit<ComponentProps<"input">, "type" | "inputMode">) {
  return (
    <span className={cn("relative block", className)}>
      <span
        className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-muted"
        aria-hidden="true"
      >
        $
      </span>
      <Input {...props} inputMode="decimal" autoComplete="off" className="num pl-7" />
    </span>
  );
}
