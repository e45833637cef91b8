"use client";

import { RelativeTime } from "@/components/format/relative-time";
import { Field } from "@/components/ui/fields/field";
import { LastDayField } from "@/components/ui/fields/last-day-field";
import { Select } from "@/components/ui/fields/select";
import { type KeyDraft, lifetimes } from "../../_lib/key-draft";

interface ExpiryFieldProps {
  draft: KeyDraft;
  /** The key's current expiry. */
  expiresAt: string | null;
  error?: string | undefined;
  onChange: (part: Partial<KeyDraft>) => void;
}

export function ExpiryField({ draft, expiresAt, error, onChange }: ExpiryFieldProps) {
  const options = [
    ...(expiresAt === null ? [] : [{ value: "keep", label: "Keep current date" } as const]),
    ...lifetimes,
  ];
  return (
    <div className="grid content-start gap-2">
      <Field
        label="Expires"
        error={draft.lifetime === "date" ? undefined : error}
        hint={
          draft.lifetime === "keep" && expiresAt !== null ? (
            <>
              Expires <RelativeTime iso={expiresAt} />.
            </>
          ) : undefined
        }
      >
        {(control) => (
          <Select
            {...control}
            value={draft.lifetime}
            onChange={({ currentTarget }) => {
              const chosen = options.find(({ value }) => value === currentTarget.value);
              if (chosen) onChange({ lifetime: chosen.value });
            }}
          >
            {options.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {draft.lifetime === "date" && (
        <LastDayField
          label="Last day"
          zone="local"
          value={draft.lastDay}
          onChange={(lastDay) => onChange({ lastDay })}
          hint="Works through this day, in your time zone."
          error={error}
        />
      )}
    </div>
  );
}
