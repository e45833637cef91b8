"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { useTRPC } from "../../../_client/trpc";
import { ResendButton } from "../../../_components/resend-button";
import { AuthHeading } from "../../_components/auth-heading";

export function CheckYourEmail({ signedIn }: { signedIn: boolean }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions(undefined, { enabled: signedIn }));

  if (!signedIn) {
    return (
      <>
        <AuthHeading title="Check your email">
          Open the link we sent when you created your account. To get a new one, sign in.
        </AuthHeading>
        <Button asChild>
          <Link href="/sign-in?next=/verify">Sign in</Link>
        </Button>
      </>
    );
  }
  if (me.data?.user.email_verified) {
    return (
      <>
        <AuthHeading title="Your email is verified">You don’t need to do anything else.</AuthHeading>
        <Button asChild>
          <Link href="/overview">Go to overview</Link>
        </Button>
      </>
    );
  }
  return (
    <>
      <AuthHeading title="Check your email">
        We sent a link to {me.data?.user.email ?? "you"}. Open it to create live keys. Until then, test keys
        work.
      </AuthHeading>
      <div className="flex flex-wrap gap-2">
        <ResendButton />
        <Button asChild variant="ghost">
          <Link href="/overview">Continue with test keys</Link>
        </Button>
      </div>
    </>
  );
}
