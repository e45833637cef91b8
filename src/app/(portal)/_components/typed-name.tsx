import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface TypedNameProps {
  /** What has to be typed. */
  name: string;
  value: string;
  onChange: (value: string) => void;
}

/** Asks for a thing's name before it is gone: a decision types it, a slip does not. */
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
