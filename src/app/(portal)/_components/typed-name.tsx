import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";

interface TypedNameProps {
  /** The text to type. */
  name: string;
  value: string;
  onChange: (value: string) => void;
}

/** Asks for the object's name before a destructive action, so that a slip cannot confirm it. */
export function TypedName({ name, value, onChange }: TypedNameProps) {
  return (
    <Field label={`Type ${name} to confirm`}>
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
