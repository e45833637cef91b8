"use client";

import type { ReactNode } from "react";
import { formatEnd, readLastDay } from "@/shared/typed/day";
import { Input } from "./input";
import { TypedField } from "./typed-field";

interface LastDayFieldProps {
  label: string;
  value: string;
  onChange: (typed: string) => void;
  /** The time zone whose midnight ends the day. */
  zone: "UTC" | "local";
  whenEmpty?: string;
  hint?: ReactNode;
  aside?: ReactNode;
  error?: string | undefined;
}

/** The last day on which something applies. It shows the moment it ends, in the browser's time zone and in UTC. */
export function LastDayField({ value, onChange, zone, ...field }: LastDayFieldProps) {
  return (
    <TypedField
      {...field}
      value={value}
      read={(typed) => readLastDay(typed, zone, new Date())}
      say={(end) => `Ends ${formatEnd(end)}.`}
    >
      {(control) => (
        <Input
          {...control}
          type="date"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </TypedField>
  );
}
