"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../client/failure-notice";
import { useTRPC } from "../../client/trpc";
import { AuthHeading } from "../auth-heading";
import { ResendButton } from "./resend-button";

/** Redeems the mailed token as the page opens. The token works once, so it must be sent once. */
export function VerifyToken({ token, signedIn }: { token: string; signedIn: boolean }) {
  const trpc = useTRPC();
  const { mutate, ...verification } = useMutation(trpc.auth.verifyEmail.mutationOptions());
  const sent = useRef(false);

  useEffect(() => {
    if (sent.current) return;
    sent.current = true;
    mutate({ token });
  }, [mutate, token]);

  // A link opened a second time has done its work: what counts is the account.
  const me = useQuery(trpc.account.me.queryOptions(undefined, { enabled: signedIn && verification.isError }));
  const checking = verification.isError && signedIn && me.isPending;

  if (verification.isSuccess || me.data?.user.email_verified) {
    return (
      <div role="status">
        <AuthHeading title="Your e-mail is verified">
          You can make live keys and call every model.
        </AuthHeading>
        <Button asChild>
          {/* A full load, so that the portal sees the verified account at once. */}
          <a href={signedIn ? "/overview" : "/sign-in"}>{signedIn ? "Go to your overview" : "Sign in"}</a>
        </Button>
      </div>
    );
  }
  if (verification.isError && !checking) {
    return (
      <>
        <AuthHeading title="This link did not work" />
        <FailureNotice error={verification.error} className="mb-6" />
        {signedIn ? (
          <ResendButton />
        ) : (
          <Button asChild>
            <Link href="/sign-in?next=/verify">Sign in to get a new link</Link>
          </Button>
        )}
      </>
    );
  }
  return (
    <Loading label="Verifying your e-mail">
      <AuthHeading title="Verifying your e-mail" />
      <Skeleton className="w-2/3" />
    </Loading>
  );
}
