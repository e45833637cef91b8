"use client";

import { Field } from "@/components/ui/fields/field";
import { Select } from "@/components/ui/fields/select";
import type { RoleOption } from "../_lib/roles";

interface RoleFieldProps {
  value: string;
  options: readonly RoleOption[];
  error?: string | undefined;
  onChange: (role: string) => void;
}

export function RoleField({ value, options, error, onChange }: RoleFieldProps) {
  return (
    <Field label="Role" error={error} hint={options.find((role) => role.value === value)?.can}>
      {(control) => (
        <Select {...control} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          {options.map((role) => (
            <option key={role.value} value={role.value}>
              {role.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
