"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "../../_client/failure-notice";
import { useTRPC } from "../../_client/trpc";
import { AuthHeading } from "./auth-heading";

const texts = {
  confirm: {
    title: "Confirm your subscription",
    text: "You’ll get an email for every update of an incident or maintenance. You can unsubscribe in each of them.",
    button: "Confirm subscription",
    done: "You’re subscribed",
    after: "The next update comes by email.",
  },
  unsubscribe: {
    title: "Unsubscribe from status updates",
    text: "You’ll get no more emails about incidents and maintenance, and we delete your email.",
    button: "Unsubscribe",
    done: "You’re unsubscribed",
    after: "We deleted your email. You can subscribe again at any time.",
  },
} as const;

interface SubscriptionLinkProps {
  does: keyof typeof texts;
  token: string | undefined;
}

/** What an emailed link does, once its button is clicked: email scanners open links before people do. */
export function SubscriptionLink({ does, token = "" }: SubscriptionLinkProps) {
  const trpc = useTRPC();
  const confirm = useMutation(trpc.status.confirm.mutationOptions({ meta: { refreshes: false } }));
  const unsubscribe = useMutation(trpc.status.unsubscribe.mutationOptions({ meta: { refreshes: false } }));
  const call = does === "confirm" ? confirm : unsubscribe;
  const { title, text, button, done, after } = texts[does];
  if (call.isSuccess) {
    return (
      <div role="status">
        <AuthHeading title={done}>{after}</AuthHeading>
        <Button asChild variant="secondary">
          <Link href="/status">View status</Link>
        </Button>
      </div>
    );
  }
  return (
    <>
      <AuthHeading title={title}>{text}</AuthHeading>
      {call.error && <FailureNotice error={call.error} className="mb-6" />}
      <Button className="h-10 w-full" pending={call.isPending} onClick={() => call.mutate({ token })}>
        {button}
      </Button>
    </>
  );
}
