"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { MeGate, SettingsSection } from "../settings-section";
import { ChangePasswordForm } from "./change-password-form";

export function PasswordSection() {
  const trpc = useTRPC();
  const methods = useQuery(trpc.account.signInMethods.queryOptions());
  return (
    <SettingsSection
      id="password"
      title="Password"
      description="Changing it signs you out everywhere else. We’ll email you. API keys keep working."
    >
      {methods.isPending && (
        // As high as the form, so that nothing below moves when it comes.
        <Loading
          label="Loading your sign-in methods"
          className="grid min-h-[16.625rem] max-w-md content-start gap-3"
        >
          <Skeleton className="w-32" />
          <Skeleton className="h-9" />
          <Skeleton className="mt-3 w-32" />
          <Skeleton className="h-9" />
        </Loading>
      )}
      {methods.isError && <RetryNotice query={methods} title="Couldn’t load your sign-in methods" />}
      {methods.data && (
        <MeGate>
          {({ user }) =>
            methods.data.password ? (
              <ChangePasswordForm email={user.email} name={user.name} />
            ) : (
              <FirstPassword email={user.email} providers={methods.data.providers} />
            )
          }
        </MeGate>
      )}
    </SettingsSection>
  );
}

type Provider = Outputs["account"]["signInMethods"]["providers"][number];

const providerNames: Record<Provider, string> = {
  google: "Google",
  github: "GitHub",
};

interface FirstPasswordProps {
  email: string;
  providers: Provider[];
}

/** For people who signed up with Google or GitHub: they choose a first password as they would reset a forgotten one. */
function FirstPassword({ email, providers }: FirstPasswordProps) {
  const trpc = useTRPC();
  const request = useMutation(trpc.auth.requestPasswordReset.mutationOptions());
  const by = providers.map((provider) => providerNames[provider]).join(" or ");
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
