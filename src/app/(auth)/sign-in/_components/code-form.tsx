"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Notice } from "@/components/ui/notice";
import { textSchema } from "../../../_client/form-schemas";
import { useZodForm } from "../../../_client/use-zod-form";
import { AuthHeading } from "../../_components/auth-heading";
import type { SentFactor } from "../../_lib/sign-in-with-password";
import { usePasskey } from "./use-passkey";

const schema = z.object({ totp: textSchema("Enter a code.") });

interface CodeFormProps {
  /** Returns why the factor was refused; leaves the page when it is accepted. */
  send: (factor: SentFactor) => Promise<string>;
  onBack: () => void;
}

const kinds = {
  app: {
    label: "Code",
    hint: "Six digits from your authenticator app.",
    other: "Use a recovery code",
    inputMode: "numeric",
  },
  recovery: {
    label: "Recovery code",
    hint: "One of the ten codes you saved. Each works once.",
    other: "Use your authenticator app",
    inputMode: "text",
  },
} as const;

/** The second screen of signing in. */
export function CodeForm({ send, onBack }: CodeFormProps) {
  const [kind, setKind] = useState<keyof typeof kinds>("app");
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useZodForm(schema, { defaultValues: { totp: "" } });
  const { label, hint, other, inputMode } = kinds[kind];

  const submit = async ({ totp }: z.output<typeof schema>) => {
    setRefusal(null);
    setRefusal(await send({ totp }));
  };
  const passkey = usePasskey("second_factor", async (signed) => {
    setRefusal(null);
    setRefusal(await send({ passkey: signed }));
  });
  const change = () => {
    form.reset();
    setRefusal(null);
    setKind(kind === "app" ? "recovery" : "app");
  };

  return (
    <>
      <AuthHeading title="Two-factor sign-in" />
      <form {...form.formProps(submit)} className="grid gap-5">
        {(passkey.failure ?? refusal) && <Notice tone="danger">{passkey.failure ?? refusal}</Notice>}
        <FormField form={form} name="totp" label={label} hint={hint}>
          {(control) => (
            <Input
              {...control}
              key={kind}
              autoFocus
              inputMode={inputMode}
              autoComplete="one-time-code"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={64}
              required
            />
          )}
        </FormField>
        <Button type="submit" className="h-10" pending={form.formState.isSubmitting}>
          Sign in
        </Button>
        <Button variant="secondary" className="h-10" pending={passkey.pending} onClick={passkey.use}>
          <KeyRound aria-hidden="true" />
          Use a passkey
        </Button>
      </form>
      <div className="mt-8 flex flex-wrap justify-between gap-3">
        <Button variant="ghost" onClick={change}>
          {other}
        </Button>
        <Button variant="ghost" onClick={onBack}>
          Start again
        </Button>
      </div>
    </>
  );
}
