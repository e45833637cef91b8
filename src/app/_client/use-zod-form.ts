"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { type FormEvent, useState } from "react";
import { type FieldValues, type Path, type PathValue, type UseFormProps, useForm } from "react-hook-form";
import type { ZodMiniType } from "zod/mini";
import { fieldError, readFailure } from "./failure";

interface ZodFormOptions<Input extends FieldValues> extends Pick<UseFormProps<Input>, "defaultValues"> {
  /** The form's names of fields that the API calls otherwise: `{ monthly_cap_micros: "cap" }`. */
  apiNames?: Readonly<Record<string, Path<Input>>>;
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

  const showError = (error: unknown): Path<Input> | undefined => {
    const read = readFailure(error);
    const names: Record<string, Path<Input>> = { ...sameNames(form.getValues()), ...apiNames };
    const param = Object.keys(names).find((apiName) => fieldError(read, apiName));
    const name = param && names[param];
    const message = param && fieldError(read, param);
    if (name && message) form.setError(name, { message }, { shouldFocus: true });
    else setFailure(error);
    return name || undefined;
  };

  /** Takes over what a password manager wrote into the fields without an event. */
  const adoptValues = (element: HTMLFormElement) => {
    const values = form.getValues();
    for (const field of element.elements) {
      if (!(field instanceof HTMLInputElement && FILLED_TYPES.includes(field.type))) continue;
      const { name, value } = field;
      if (name in values && values[name] !== value)
        form.setValue(name as Path<Input>, value as PathValue<Input, Path<Input>>);
    }
  };

  return {
    ...form,
    failure,
    errorAt: (name: Path<Input>) => form.getFieldState(name, form.formState).error?.message,
    /** Sets fields that are not plain inputs. Once a send was tried, everything is checked again. */
    change: (part: Partial<Input>) => {
      for (const name of Object.keys(part))
        form.setValue(name as Path<Input>, part[name] as PathValue<Input, Path<Input>>);
      setFailure(null);
      if (form.formState.isSubmitted) void form.trigger();
    },
    /**
     * The attributes of the `<form>`. While `send` runs, `formState.isSubmitting` is true. `onWrong` gets the names of
     * the fields that we or the server found wrong.
     */
    formProps: (
      send: (values: Output) => Promise<unknown>,
      onWrong: (names: string[]) => void = () => {},
    ) => ({
      noValidate: true,
      // Without any script a browser submits the form by itself: then no field may end up in an address.
      method: "post" as const,
      onChange: () => setFailure(null),
      onSubmit: (event: FormEvent<HTMLFormElement>) => {
        adoptValues(event.currentTarget);
        const checked = form.handleSubmit(
          async (values) => {
            setFailure(null);
            try {
              await send(values);
            } catch (error) {
              const name = showError(error);
              if (name !== undefined) onWrong([name]);
            }
          },
          (errors) => onWrong(Object.keys(errors)),
        );
        void checked(event);
      },
    }),
  };
}

const FILLED_TYPES = ["text", "email", "password"];

function sameNames<Input extends FieldValues>(values: Input): Record<string, Path<Input>> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, name as Path<Input>]));
}

/** Goes to another page for good: until it is there, the form stays busy. */
export const leaveFor = (path: string) => new Promise<never>(() => location.assign(path));
