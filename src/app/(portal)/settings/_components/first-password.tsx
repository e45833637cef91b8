"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../_client/trpc";

const names: Record<Outputs["account"]["signInMethods"]["providers"][number], string> = {
  google: "Google",
  github: "GitHub",
};

interface FirstPasswordProps {
  email: string;
  providers: Outputs["account"]["signInMethods"]["providers"];
}

/** For people who came by Google or GitHub: a first password is chosen through their mailbox, as a forgotten one is. */
export function FirstPassword({ email, providers }: FirstPasswordProps) {
  const trpc = useTRPC();
  const request = useMutation(trpc.auth.requestPasswordReset.mutationOptions());
  const by = providers.map((provider) => names[provider]).join(" or ");
  if (request.isSuccess) {
    return (
      <Notice tone="good" title="Check your email" className="max-w-prose">
        Open the link we sent to {email} to choose a password. It works once, for one hour. Choosing one signs
        you out everywhere and ends the API keys you created.
      </Notice>
    );
  }
  return (
    <div className="grid max-w-prose gap-4">
      {request.error && <FailureNotice error={request.error} />}
      <p>
        {by === ""
          ? "Your account has no password yet."
          : `You sign in with ${by}. Your account has no password.`}{" "}
        To add one, request a link by email. As with any password reset, choosing it signs you out everywhere
        and ends the API keys and pending invitations you created.
      </p>
      <Button
        variant="secondary"
        className="w-fit"
        pending={request.isPending}
        onClick={() => request.mutate({ email })}
      >
        Send link
      </Button>
    </div>
  );
}
