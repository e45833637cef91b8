"use client";

import { CircleAlert } from "lucide-react";
import { useId } from "react";
import { Label } from "@/components/ui/fields/label";
import { Textarea } from "@/components/ui/fields/textarea";

interface IpAllowlistFieldProps {
  value: string;
  /** One per wrong address. */
  errors: readonly string[];
  onChange: (value: string) => void;
}

/** IP addresses and ranges, one per line; every wrong one is listed below. */
export function IpAllowlistField({ value, errors, onChange }: IpAllowlistFieldProps) {
  const id = useId();
  const wrong = errors.length > 0;
  return (
    <div className="grid gap-1.5">
      <Label htmlFor={id}>IP addresses</Label>
      <Textarea
        id={id}
        aria-describedby={wrong ? `${id}-errors ${id}-hint` : `${id}-hint`}
        aria-invalid={wrong || undefined}
        rows={2}
        className="min-h-16 font-mono text-[13px]"
        placeholder={"203.0.113.7\n2001:db8::/32"}
        spellCheck={false}
        autoCapitalize="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {wrong && (
        <ul id={`${id}-errors`} className="grid gap-1 text-[13px] text-danger">
          {errors.map((error) => (
            <li key={error} className="flex items-start gap-1.5">
              <CircleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
              <span className="min-w-0 break-all">{error}</span>
            </li>
          ))}
        </ul>
      )}
      <p id={`${id}-hint`} className="text-[13px] text-muted">
        One IP address or CIDR range per line. Leave empty to allow any.
      </p>
    </div>
  );
}
