"use client";

import type { LucideIcon } from "lucide-react";
import { useId } from "react";
import { cn } from "../../cn";

interface SegmentsProps<Value extends string> {
  /** The name of the choice, for screen readers. */
  legend: string;
  value: Value;
  options: readonly { value: Value; label: string; Icon?: LucideIcon }[];
  onChange: (value: Value) => void;
}

/** Radio buttons that look like a switch. With an icon, the label is for screen readers only. */
export function Segments<Value extends string>({ legend, value, options, onChange }: SegmentsProps<Value>) {
  const name = useId();
  return (
    <fieldset className="flex h-10 shrink-0 items-center gap-0.5 rounded-lg border border-edge bg-surface p-0.5 sm:h-9">
      <legend className="sr-only">{legend}</legend>
      {options.map(({ value: option, label, Icon }) => (
        <label
          key={option}
          title={Icon ? label : undefined}
          className={cn(
            "flex h-full cursor-pointer items-center rounded-md px-2.5 text-[13px] transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent",
            option === value ? "bg-sunken font-medium text-ink" : "text-muted hover:text-ink",
          )}
        >
          <input
            type="radio"
            name={name}
            value={option}
            checked={option === value}
            onChange={() => onChange(option)}
            className="sr-only"
          />
          {Icon && <Icon className="size-4" aria-hidden="true" />}
          <span className={Icon ? "sr-only" : undefined}>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
