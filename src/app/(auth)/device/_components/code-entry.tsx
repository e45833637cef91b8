"use client";

import type { DeviceRequest } from "@agathaai/core/oauth";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { FailureNotice } from "../../../_client/failure-notice";
import { textSchema } from "../../../_client/form-schemas";
import { useZodForm } from "../../../_client/use-zod-form";
import { AuthHeading } from "../../_components/auth-heading";
import { loadDevice } from "./device-call";

const schema = z.object({ code: textSchema("Enter the code.") });

interface CodeEntryProps {
  given: string;
  onFound: (request: DeviceRequest) => void;
}

export function CodeEntry({ given, onFound }: CodeEntryProps) {
  const form = useZodForm(schema, { defaultValues: { code: given }, apiNames: { user_code: "code" } });
  return (
    <>
      <AuthHeading title="Connect a device">
        {given === ""
          ? "Enter the code that your device or terminal shows."
          : "Check that your device or terminal shows this code, then continue."}
      </AuthHeading>
      <form {...form.formProps(async ({ code }) => onFound(await loadDevice(code)))} className="grid gap-5">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        <FormField form={form} name="code" label="Code">
          {(control) => (
            <Input
              {...control}
              autoFocus
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={32}
              placeholder="BCDF-GHJK"
              className="font-mono uppercase tracking-widest"
            />
          )}
        </FormField>
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
          Continue
        </Button>
      </form>
      <p className="mt-6 text-[13px] text-muted">
        Never enter a code that somebody sent you. Whoever started the request can act for you afterwards.
      </p>
    </>
  );
}
