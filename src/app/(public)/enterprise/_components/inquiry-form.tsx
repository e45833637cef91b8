"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Bands } from "@/components/brand/bands";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Textarea } from "@/components/ui/fields/textarea";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Inputs, useTRPC } from "../../../_client/trpc";

type Volume = Inputs["inquiries"]["submit"]["expected_volume"];

const volumes: readonly (readonly [Volume, string])[] = [
  ["under_10m", "Under 10 million"],
  ["10m_100m", "10 to 100 million"],
  ["100m_1b", "100 million to 1 billion"],
  ["over_1b", "Over 1 billion"],
  ["unknown", "I don’t know yet"],
];
const FIELDS = ["name", "email", "company", "expected_volume", "message"];
const empty = { company: "", volume: "10m_100m" as Volume, message: "", website: "" };

/** State by hand: with react-hook-form and zod the page would pass the limit of script that public pages have (ADR 32). */
export function InquiryForm({ signedIn }: { signedIn: boolean }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions(undefined, { enabled: signedIn }));
  const [typed, setTyped] = useState<{ name?: string; email?: string }>({});
  const [values, setValues] = useState(empty);
  const send = useMutation(trpc.inquiries.submit.mutationOptions());
  const failure = send.error ? readFailure(send.error) : null;
  const errorAt = (field: string) => fieldError(failure, field);
  // A signed-in person need not type their name and email, and may type over them.
  const { name = me.data?.user.name ?? "", email = me.data?.user.email ?? "" } = typed;
  const change = (part: Partial<typeof values>) => {
    setValues({ ...values, ...part });
    if (send.isError) send.reset();
  };
  const changePerson = (part: typeof typed) => {
    setTyped({ ...typed, ...part });
    if (send.isError) send.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { company, volume, message, website } = values;
    send.mutate({ name, email, company, expected_volume: volume, message, ...(website && { website }) });
  };

  if (send.isSuccess) return <InquirySent email={email} signedIn={signedIn} />;
  return (
    <Card className="h-fit p-6" aria-label="Contact us">
      <form onSubmit={submit} method="post" className="grid gap-5">
        {send.error && !FIELDS.includes(failure?.param ?? "") && (
          <FailureNotice error={send.error} title="Couldn’t send your inquiry" />
        )}
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Name" error={errorAt("name")}>
            {(control) => (
              <Input
                {...control}
                autoComplete="name"
                required
                maxLength={100}
                value={name}
                onChange={(event) => changePerson({ name: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Company" error={errorAt("company")}>
            {(control) => (
              <Input
                {...control}
                autoComplete="organization"
                required
                maxLength={120}
                value={values.company}
                onChange={(event) => change({ company: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
        <Field label="Email" error={errorAt("email")}>
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="email"
              required
              maxLength={254}
              value={email}
              onChange={(event) => changePerson({ email: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Expected tokens per month" error={errorAt("expected_volume")}>
          {(control) => (
            <Select
              {...control}
              value={values.volume}
              onChange={(event) => {
                const chosen = volumes.find(([id]) => id === event.currentTarget.value);
                if (chosen) change({ volume: chosen[0] });
              }}
            >
              {volumes.map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field
          label="What you need"
          error={errorAt("message")}
          hint="Models, traffic peaks, how you want to pay. Don’t include passwords or keys."
        >
          {(control) => (
            <Textarea
              {...control}
              className="min-h-36"
              required
              maxLength={4_000}
              value={values.message}
              onChange={(event) => change({ message: event.currentTarget.value })}
            />
          )}
        </Field>
        {/* For programs that fill in whatever they find: people neither see nor reach it. */}
        <div hidden>
          <label htmlFor="website">Website</label>
          <input
            id="website"
            name="website"
            tabIndex={-1}
            autoComplete="off"
            value={values.website}
            onChange={(event) => change({ website: event.currentTarget.value })}
          />
        </div>
        <Button type="submit" className="h-10" pending={send.isPending}>
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
