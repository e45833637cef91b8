"use client";

import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { type Role, roles } from "../_lib/roles";

interface RoleFieldProps {
  value: Role;
  assignable: Role[];
  error?: string | undefined;
  onChange: (role: Role) => void;
}

export function RoleField({ value, assignable, error, onChange }: RoleFieldProps) {
  const options = roles.filter((role) => assignable.includes(role.value));
  return (
    <Field label="Role" error={error} hint={roles.find((role) => role.value === value)?.can}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={({ currentTarget }) => {
            const chosen = options.find((role) => role.value === currentTarget.value);
            if (chosen) onChange(chosen.value);
          }}
        >
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
