"use client";

import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/form-field";
import { Input } from "@/components/ui/input";
import { FailureNotice } from "../../../_client/failure-notice";
import { textSchema } from "../../../_client/form-schemas";
import { useZodForm } from "../../../_client/use-zod-form";

const schema = z.object({ name: textSchema("Enter a name.") });

interface NameFormProps {
  label: string;
  autoComplete: string;
  /** As stored. */
  value: string;
  onSave: (name: string) => Promise<unknown>;
}

/** One name, and a button that is enabled while it differs from what is stored. */
export function NameForm({ label, autoComplete, value, onSave }: NameFormProps) {
  const form = useZodForm(schema, { values: { name: value } });
  const unchanged = form.watch("name").trim() === value;
  const save = async ({ name }: z.output<typeof schema>) => {
    if (name !== value) await onSave(name);
  };
  return (
    <form {...form.formProps(save)} className="grid max-w-md gap-4">
      {form.failure !== null && <FailureNotice error={form.failure} />}
      <FormField form={form} name="name" label={label}>
        {(control) => <Input {...control} autoComplete={autoComplete} maxLength={120} />}
      </FormField>
      <Button type="submit" className="w-fit" disabled={unchanged} pending={form.formState.isSubmitting}>
        Save
      </Button>
    </form>
  );
}
