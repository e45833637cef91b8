"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "../../_client/failure-notice";
import { useTRPC } from "../../_client/trpc";
import { AuthHeading } from "./auth-heading";

/** The link in an email about a new sign-in, once its button is clicked: email scanners open links before people do. */
export function EndSessionsLink({ token = "" }: { token: string | undefined }) {
  const trpc = useTRPC();
  const end = useMutation(trpc.signIns.endSessions.mutationOptions({ meta: { refreshes: false } }));
  if (end.data) {
    return (
      <div role="status">
        <AuthHeading title="All sessions ended">
          You’re signed out everywhere. Now choose a new password: whoever signed in may know yours.
        </AuthHeading>
        <Button asChild>
          {/* A full load, so that the portal sees that its session has ended. */}
          <a href="/forgot-password">Reset password</a>
        </Button>
      </div>
    );
  }
  return (
    <>
      <AuthHeading title="End all sessions?">
        Every browser and program signed in to your account is signed out, including yours. API keys keep
        working.
      </AuthHeading>
      {end.error && <FailureNotice error={end.error} className="mb-6" />}
      <Button className="h-10 w-full" pending={end.isPending} onClick={() => end.mutate({ token })}>
        End all sessions
      </Button>
    </>
  );
}
