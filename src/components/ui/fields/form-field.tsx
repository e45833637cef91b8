import type { ComponentProps, ReactNode } from "react";
import type { FieldValues, Path, UseFormRegisterReturn, UseFormReturn } from "react-hook-form";
import { Field, type FieldControl } from "./field";

interface FormFieldProps<Values extends FieldValues>
  extends Omit<ComponentProps<typeof Field>, "error" | "children"> {
  form: Pick<UseFormReturn<Values>, "register" | "getFieldState" | "formState">;
  name: Path<Values>;
  /** Fields that are checked again when this one changes. */
  deps?: Path<Values>[];
  children: (control: FieldControl & UseFormRegisterReturn) => ReactNode;
}

/** A field of a form: registered under its name, with the form's error for it. */
export function FormField<Values extends FieldValues>({
  form,
  name,
  deps,
  children,
  ...field
}: FormFieldProps<Values>) {
  const { error } = form.getFieldState(name, form.formState);
  return (
    <Field {...field} error={error?.message}>
      {(control) => children({ ...control, ...form.register(name, deps ? { deps } : {}) })}
    </Field>
  );
}
