"use client";

import { type ReactNode, useState } from "react";
import { leaveFor } from "../../../_client/use-zod-form";
import { finishProviderSignIn, signInWithPassword } from "../../_lib/sign-in-with-password";
import { CodeForm } from "./code-form";
import { PasskeyButton } from "./passkey-button";
import { type Account, SignInForm } from "./sign-in-form";

interface SignInStepsProps {
  next: string;
  /** Google or GitHub has signed this browser in, and the account has a second factor. */
  providerDone: boolean;
  /** Above and below the form of the first screen. */
  before: ReactNode;
  after: ReactNode;
}

/** Email and password, then for an account with a second factor its code or passkey; or a passkey alone. The password stays in memory until then. */
export function SignInSteps({ next, providerDone, before, after }: SignInStepsProps) {
  const [account, setAccount] = useState<Account | null>(null);
  if (account !== null) {
    return (
      <CodeForm
        send={async (factor) => {
          const refusal = await signInWithPassword(account, factor);
          return refusal === null ? await leaveFor(next) : refusal.message;
        }}
        onBack={() => setAccount(null)}
      />
    );
  }
  if (providerDone) {
    return (
      <CodeForm
        send={async (factor) => {
          const result = await finishProviderSignIn(factor);
          return "url" in result ? await leaveFor(result.url) : result.message;
        }}
        onBack={() => location.assign("/sign-in")}
      />
    );
  }
  return (
    <>
      {before}
      <SignInForm next={next} onFactorNeeded={setAccount} />
      <PasskeyButton next={next} />
      {after}
    </>
  );
}
