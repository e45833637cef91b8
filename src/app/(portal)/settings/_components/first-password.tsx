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
      <Notice tone="good" title="Check your mail" className="max-w-prose">
        A link to choose a password is on its way to {email}. It works once, for one hour. Choosing one signs
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
        To sign in with one as well, choose it through a link we email you. As with any password reset, that
        signs you out everywhere and ends the API keys and pending invitations you created.
      </p>
      <Button
        variant="secondary"
        className="w-fit"
        pending={request.isPending}
        onClick={() => request.mutate({ email })}
      >
        Mail me the link
      </Button>
    </div>
  );
}
