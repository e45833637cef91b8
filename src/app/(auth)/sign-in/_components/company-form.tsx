"use client";

import { useState } from "react";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Notice } from "@/components/ui/notice";
import { readFailure } from "../../../_client/failure";
import { emailSchema } from "../../../_client/form-schemas";
import { useTRPCClient } from "../../../_client/trpc";
import { leaveFor, useZodForm } from "../../../_client/use-zod-form";
import { AuthHeading } from "../../_components/auth-heading";

const schema = z.object({ email: emailSchema });

/** Asks for the address, whose domain says at which company to sign in. */
export function CompanyForm({ next, onBack }: { next: string; onBack: () => void }) {
  const client = useTRPCClient();
  const form = useZodForm(schema, { defaultValues: { email: "" } });
  const [reason, setReason] = useState<string | null>(null);

  const find = async ({ email }: z.output<typeof schema>) => {
    setReason(null);
    try {
      const { start } = await client.companySignIn.find.mutate({ email });
      if (start !== null) await leaveFor(`${start}?next=${encodeURIComponent(next)}`);
      else setReason("No company sign-in is set up for this domain. Sign in another way.");
    } catch (error) {
      setReason(readFailure(error).message);
    }
  };

  return (
    <>
      <AuthHeading title="Sign in with your company" />
      <form {...form.formProps(find)} className="grid gap-5">
        {reason && <Notice tone="danger">{reason}</Notice>}
        <FormField form={form} name="email" label="Work email">
          {(control) => (
            <Input {...control} autoFocus type="email" autoComplete="username" required maxLength={254} />
          )}
        </FormField>
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
          Continue
        </Button>
      </form>
      <Button variant="ghost" className="mt-8" onClick={onBack}>
        Sign in another way
      </Button>
    </>
  );
}
