"use client";

import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { type Role, roles } from "../_lib/roles";

interface RoleFieldProps {
  value: Role;
  givable: Role[];
  error?: string | undefined;
  onChange: (role: Role) => void;
}

export function RoleField({ value, givable, error, onChange }: RoleFieldProps) {
  const offered = roles.filter((role) => givable.includes(role.value));
  return (
    <Field label="Role" error={error} hint={roles.find((role) => role.value === value)?.can}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={({ currentTarget }) => {
            const chosen = offered.find((role) => role.value === currentTarget.value);
            if (chosen) onChange(chosen.value);
          }}
        >
          {offered.map((role) => (
            <option key={role.value} value={role.value}>
              {role.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
