"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../../../_client/failure-notice";
import { AuthHeading } from "../../../../_components/auth-heading";
import { ConsentForm } from "../../../../_components/consent-form";
import { loadConsent, sendDecision } from "./consent-call";

/** Which app asks, for what, and for which organization. */
export function Consent({ path }: { path: string }) {
  const request = useQuery({ queryKey: ["consent", path], queryFn: () => loadConsent(path), retry: false });
  if (request.isError) {
    return (
      <>
        <AuthHeading title="This request isn’t valid" />
        <FailureNotice error={request.error} className="mb-6" />
        <Button asChild variant="secondary">
          <Link href="/">Go to AgathaAI</Link>
        </Button>
      </>
    );
  }
  if (!request.data) {
    return (
      <Loading label="Loading the app’s request">
        <AuthHeading title="Connect an app" />
        <Skeleton className="w-2/3" />
      </Loading>
    );
  }
  return (
    <ConsentForm
      path={path}
      request={request.data}
      reauthenticate={request.data.reauthenticate}
      send={(decision) => sendDecision(path, decision)}
      onDecided={(target) => location.assign(target)}
    />
  );
}
