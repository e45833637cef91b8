"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { ChangePasswordForm } from "./change-password-form";
import { FirstPassword } from "./first-password";
import { MeGate } from "./me-gate";
import { SettingsSection } from "./settings-section";

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
      {methods.isError && (
        <FailureNotice
          error={methods.error}
          title="Couldn’t load your sign-in methods"
          action={
            <Button variant="secondary" size="sm" onClick={() => void methods.refetch()}>
              Try again
            </Button>
          }
        />
      )}
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
