"use client";

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "../../_client/failure-notice";
import { useTRPC } from "../../_client/trpc";
import { AuthHeading } from "./auth-heading";

const texts = {
  confirm: {
    title: "Confirm your new email",
    text: "Your account will use this email from now on. You’ll be signed out everywhere except where you asked for the change.",
    button: "Confirm email",
    done: "Your email is changed",
    next: { href: "/overview", label: "Go to overview" },
  },
  undo: {
    title: "Undo the change of your email",
    text: "Your earlier email comes back. Your password is removed, and every session, API key and invitation of yours ends. Then choose a new password.",
    button: "Undo change",
    done: "Your earlier email is back",
    next: { href: "/forgot-password", label: "Choose password" },
  },
} as const;

interface EmailChangeLinkProps {
  does: keyof typeof texts;
  token: string | undefined;
}

/** What an emailed link does, once its button is clicked: email scanners open links before people do. */
export function EmailChangeLink({ does, token = "" }: EmailChangeLinkProps) {
  const trpc = useTRPC();
  const confirm = useMutation(trpc.emailChange.confirm.mutationOptions({ meta: { refreshes: false } }));
  const undo = useMutation(trpc.emailChange.undo.mutationOptions({ meta: { refreshes: false } }));
  const call = does === "confirm" ? confirm : undo;
  const { title, text, button, done, next } = texts[does];
  if (call.data) {
    return (
      <div role="status">
        <AuthHeading title={done}>
          Your account uses <span className="break-all text-ink">{call.data.email}</span>.
        </AuthHeading>
        <Button asChild>
          {/* A full load, so that the portal sees which sessions ended. */}
          <a href={next.href}>{next.label}</a>
        </Button>
      </div>
    );
  }
  return (
    <Offer title={title} text={text}>
      {call.error && <FailureNotice error={call.error} className="mb-6" />}
      <Button className="h-10 w-full" pending={call.isPending} onClick={() => call.mutate({ token })}>
        {button}
      </Button>
    </Offer>
  );
}

function Offer({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <>
      <AuthHeading title={title}>{text}</AuthHeading>
      {children}
    </>
  );
}
