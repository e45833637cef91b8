import { Field } from "@/components/ui/fields/field";
import { Textarea } from "@/components/ui/fields/textarea";
import { hasBlanks } from "../_lib/templates";

interface UpdateTextProps {
  value: string;
  error: string | undefined;
  /** Whether it was to be posted already: nobody is told of an error before. */
  tried: boolean;
  onChange: (text: string) => void;
}

/** The words of an update. A template's brackets that are left would be public. */
export function UpdateText({ value, error, tried, onChange }: UpdateTextProps) {
  return (
    <Field
      label="Text"
      error={
        error ?? (tried && hasBlanks(value) ? "Replace what stands in brackets, or delete it." : undefined)
      }
      hint="What happens, what it means for customers, when the next update comes. No guess as a fact."
    >
      {(control) => (
        <Textarea
          {...control}
          required
          minLength={10}
          maxLength={4_000}
          className="min-h-36"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
