"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useRef } from "react";
import * as z from "zod/mini";
import { Bands } from "@/components/brand/bands";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { FormField } from "@/components/ui/form-field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { FailureNotice } from "../../../_client/failure-notice";
import { emailSchema, textSchema } from "../../../_client/form-schemas";
import { type Inputs, useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";

type Volume = Inputs["inquiries"]["submit"]["expected_volume"];

const volumes = {
  under_10m: "Under 10 million",
  "10m_100m": "10 to 100 million",
  "100m_1b": "100 million to 1 billion",
  over_1b: "Over 1 billion",
  unknown: "I don’t know yet",
} as const satisfies Record<Volume, string>;

const schema = z.object({
  name: textSchema("Enter your name."),
  email: emailSchema,
  company: textSchema("Enter your company."),
  expected_volume: z.enum(Object.keys(volumes) as Volume[]),
  message: textSchema("Tell us what you need."),
  website: z.string(),
});

const empty = { company: "", expected_volume: "10m_100m", message: "", website: "" } as const;

export function InquiryForm({ signedIn }: { signedIn: boolean }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions(undefined, { enabled: signedIn }));
  const send = useMutation(trpc.inquiries.submit.mutationOptions());
  const { name = "", email = "" } = me.data?.user ?? {};
  // A signed-in person need not type their name and email, and may type over them.
  const form = useZodForm(schema, {
    values: { ...empty, name, email },
    resetOptions: { keepDirtyValues: true },
  });
  const submit = ({ website, ...inquiry }: z.output<typeof schema>) =>
    send.mutateAsync({ ...inquiry, ...(website && { website }) });

  if (send.isSuccess) return <InquirySent email={send.variables.email} signedIn={signedIn} />;
  return (
    <Card className="h-fit p-6" aria-label="Contact us">
      <form {...form.formProps(submit)} className="grid gap-5">
        {form.failure !== null && <FailureNotice error={form.failure} title="Couldn’t send your inquiry" />}
        <div className="grid gap-5 sm:grid-cols-2">
          <FormField form={form} name="name" label="Name">
            {(control) => <Input {...control} autoComplete="name" required maxLength={100} />}
          </FormField>
          <FormField form={form} name="company" label="Company">
            {(control) => <Input {...control} autoComplete="organization" required maxLength={120} />}
          </FormField>
        </div>
        <FormField form={form} name="email" label="Email">
          {(control) => <Input {...control} type="email" autoComplete="email" required maxLength={254} />}
        </FormField>
        <FormField form={form} name="expected_volume" label="Expected tokens per month">
          {(control) => (
            <Select {...control}>
              {Object.entries(volumes).map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <FormField
          form={form}
          name="message"
          label="What you need"
          hint="Models, traffic peaks, how you want to pay. Don’t include passwords or keys."
        >
          {(control) => <Textarea {...control} className="min-h-36" required maxLength={4_000} />}
        </FormField>
        {/* For programs that fill in whatever they find: people neither see nor reach it. */}
        <div hidden>
          <label htmlFor="website">Website</label>
          <input id="website" tabIndex={-1} autoComplete="off" {...form.register("website")} />
        </div>
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
          Send inquiry
        </Button>
      </form>
    </Card>
  );
}

/** Replaces the form, and takes the focus so that a screen reader announces it. */
function InquirySent({ email, signedIn }: { email: string; signedIn: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Card className="flex h-fit flex-col items-start p-6" aria-label="Inquiry sent">
      <Bands />
      <h2 ref={heading} tabIndex={-1} className="mt-4 font-semibold text-lg tracking-tight outline-none">
        We received your inquiry
      </h2>
      <p className="wrap-anywhere mt-1.5 text-muted">
        We’ll reply to {email} within two working days. A confirmation is on its way to you.
      </p>
      <Button asChild variant="secondary" className="mt-5">
        {signedIn ? <Link href="/overview">Open portal</Link> : <Link href="/docs">Read guides</Link>}
      </Button>
    </Card>
  );
}
