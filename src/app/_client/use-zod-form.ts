"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { type FormEvent, useState } from "react";
import { type FieldValues, type Path, type PathValue, type UseFormProps, useForm } from "react-hook-form";
import type { ZodMiniType } from "zod/mini";
import { fieldError, readFailure } from "./failure";

interface ZodFormOptions<Input extends FieldValues>
  extends Pick<UseFormProps<Input>, "defaultValues" | "values" | "resetOptions"> {
  /** The form's name of a field that the API calls otherwise: `{ monthly_cap_micros: "cap" }`. */
  apiNames?: Record<string, Path<Input>>;
}

/**
 * A form that a zod schema checks before it is sent, with the first wrong field focused. An error of the server is shown
 * at the field it names; one that names none is `failure`, until something is edited.
 */
export function useZodForm<Input extends FieldValues, Output>(
  schema: ZodMiniType<Output, Input>,
  { apiNames = {}, ...options }: ZodFormOptions<NoInfer<Input>> = {},
) {
  const form = useForm<Input, unknown, Output>({ ...options, resolver: zodResolver(schema) });
  const [failure, setFailure] = useState<unknown>(null);

  const showError = (error: unknown) => {
    const read = readFailure(error);
    const names = Object.entries({ ...apiNames, ...sameNames(form.getValues()) });
    const [param, name] = names.find(([apiName]) => fieldError(read, apiName)) ?? [];
    const message = param === undefined ? undefined : fieldError(read, param);
    if (name === undefined || message === undefined) setFailure(error);
    else form.setError(name as Path<Input>, { message }, { shouldFocus: true });
  };

  /** Takes over what a password manager wrote into the fields without an event. */
  const adoptValues = (element: HTMLFormElement) => {
    const values = form.getValues();
    for (const [name, value] of new FormData(element)) {
      if (name in values && typeof value === "string" && values[name] !== value)
        form.setValue(name as Path<Input>, value as PathValue<Input, Path<Input>>);
    }
  };

  /** The attributes of the `<form>`. While `send` runs, `formState.isSubmitting` is true. */
  const formProps = (send: (values: Output) => Promise<unknown>) => ({
    noValidate: true,
    onChange: () => setFailure(null),
    onSubmit: (event: FormEvent<HTMLFormElement>) => {
      adoptValues(event.currentTarget);
      void form.handleSubmit(async (values) => {
        setFailure(null);
        try {
          await send(values);
        } catch (error) {
          showError(error);
        }
      })(event);
    },
  });
  return { ...form, failure, formProps };
}

const sameNames = (values: object) => Object.fromEntries(Object.keys(values).map((name) => [name, name]));

/** Goes to another page for good: until it is there, the form stays busy. */
export const leaveFor = (path: string) => new Promise<never>(() => location.assign(path));
