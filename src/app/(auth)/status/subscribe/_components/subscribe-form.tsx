"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { FailureNotice } from "../../../../_client/failure-notice";
import { emailSchema } from "../../../../_client/form-schemas";
import { useTRPC } from "../../../../_client/trpc";
import { useZodForm } from "../../../../_client/use-zod-form";
import { AuthHeading } from "../../../_components/auth-heading";

const schema = z.object({ email: emailSchema });

/** Shows the same for every email: the page must not reveal who has subscribed. */
export function SubscribeForm() {
  const trpc = useTRPC();
  const subscribe = useMutation(trpc.status.subscribe.mutationOptions());
  const form = useZodForm(schema);

  if (subscribe.isSuccess) {
    return (
      <div role="status">
        <AuthHeading title="Check your email">
          We sent a link to <span className="wrap-anywhere text-ink">{subscribe.variables.email}</span>.
          You’re subscribed once you open it and confirm.
        </AuthHeading>
        <Button asChild variant="secondary">
          <Link href="/status">Back to status</Link>
        </Button>
      </div>
    );
  }

  return (
    <>
      <AuthHeading title="Get status updates">
        One email for every update of an incident or maintenance. We store your email encrypted, use it for
        nothing else, and delete it when you unsubscribe.
      </AuthHeading>
      <form {...form.formProps((email) => subscribe.mutateAsync(email))} className="grid grid-cols-1 gap-5">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        <FormField form={form} name="email" label="Email">
          {(control) => <Input {...control} type="email" autoComplete="email" required maxLength={254} />}
        </FormField>
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
          Subscribe
        </Button>
      </form>
    </>
  );
}
