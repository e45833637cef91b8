"use client";

import { useQuery } from "@tanstack/react-query";
import { MailWarning } from "lucide-react";
import { useTRPC } from "../../_client/trpc";
import { LazyResendButton } from "../_components/lazy-resend-button";

/** Stays until the email is verified; the account is read again whenever the page gets focus. */
export function VerifyBanner({ verifiedAtLoad }: { verifiedAtLoad: boolean }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions(undefined, { refetchOnWindowFocus: "always" }));
  const verified = me.data?.user.email_verified ?? verifiedAtLoad;
  if (verified) return null;
  return (
    <aside aria-label="Verify your email" className="border-b bg-attention-soft">
      <div className="mx-auto flex w-full max-w-portal items-start gap-4 px-4 py-2.5 sm:items-center sm:px-8">
        <MailWarning className="mt-0.5 size-4 shrink-0 text-attention sm:mt-0" aria-hidden="true" />
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-2">
          <p className="min-w-0 flex-1 basis-64">
            <strong className="font-medium">Verify your email</strong> to create live keys. Until then, you
            can use test keys: their answers are simulated, and they stop working when you verify.
          </p>
          <LazyResendButton size="sm" />
        </div>
      </div>
    </aside>
  );
}
