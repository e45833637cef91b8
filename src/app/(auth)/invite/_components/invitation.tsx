"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { AuthHeading } from "../../_components/auth-heading";

/** The invitation that the emailed link offers, and the button that accepts it. */
export function Invitation({ token, signedIn }: { token: string; signedIn: boolean }) {
  const trpc = useTRPC();
  const invitation = useQuery(trpc.team.openInvitation.queryOptions({ token }, { retry: false }));
  const accept = useMutation(
    // A full load: from here on the session works in the organization just joined.
    trpc.team.acceptInvitation.mutationOptions({ onSuccess: () => location.assign("/team") }),
  );
  const back = `?next=${encodeURIComponent(`/invite?token=${encodeURIComponent(token)}`)}`;

  if (invitation.isError) {
    return (
      <>
        <AuthHeading title="This invitation isn’t valid" />
        <FailureNotice error={invitation.error} className="mb-6" />
        <Button asChild variant="secondary">
          <Link href="/">Go to AgathaAI</Link>
        </Button>
      </>
    );
  }
  if (!invitation.data) {
    return (
      <Loading label="Loading the invitation">
        <AuthHeading title="Invitation" />
        <Skeleton className="w-2/3" />
      </Loading>
    );
  }
  const { organization, role, email, invited_by: inviter, expires_at: expiresAt } = invitation.data;
  return (
    <>
      <AuthHeading title={`Join ${organization}`}>
        {inviter ?? "A member"} invited <span className="break-all text-ink">{email}</span> as {role}. The
        invitation expires <RelativeTime iso={expiresAt} />.
      </AuthHeading>
      {accept.error && <FailureNotice error={accept.error} className="mb-6" />}
      {signedIn ? (
        <Button
          className="h-10 w-full"
          pending={accept.isPending || accept.isSuccess}
          onClick={() => accept.mutate({ token })}
        >
          Accept invitation
        </Button>
      ) : (
        <div className="grid gap-3">
          <Button asChild className="h-10">
            <Link href={`/sign-up${back}`}>Create account to join</Link>
          </Button>
          <Button asChild variant="secondary" className="h-10">
            <Link href={`/sign-in${back}`}>Sign in to join</Link>
          </Button>
        </div>
      )}
    </>
  );
}
