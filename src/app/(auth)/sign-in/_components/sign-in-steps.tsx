"use client";

import { Building2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { leaveFor } from "../../../_client/use-zod-form";
import { finishProviderSignIn, signInWithPassword } from "../../_lib/sign-in-with-password";
import { CodeForm } from "./code-form";
import { CompanyForm } from "./company-form";
import { PasskeyButton } from "./passkey-button";
import { type Account, SignInForm } from "./sign-in-form";

interface SignInStepsProps {
  next: string;
  /** Google, GitHub or a company has signed this browser in, and the account has a second factor. */
  providerDone: boolean;
  /** Above and below the form of the first screen. */
  before: ReactNode;
  after: ReactNode;
}

/** Email and password, then for an account with a second factor its code or passkey; or a passkey alone, or the company. The password stays in memory until then. */
export function SignInSteps({ next, providerDone, before, after }: SignInStepsProps) {
  const [account, setAccount] = useState<Account | null>(null);
  const [atCompany, setAtCompany] = useState(false);
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
  if (atCompany) return <CompanyForm next={next} onBack={() => setAtCompany(false)} />;
  return (
    <>
      {before}
      <SignInForm next={next} onFactorNeeded={setAccount} />
      <PasskeyButton next={next} />
      <Button variant="secondary" className="mt-3 h-10 w-full" onClick={() => setAtCompany(true)}>
        <Building2 aria-hidden="true" />
        Sign in with your company
      </Button>
      {after}
    </>
  );
}
