"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../_client/trpc";

export type Me = Outputs["account"]["me"];

/** Shows its content once the account is known: as bones until then, with a way to try again when it failed. */
export function MeGate({ children }: { children: (me: Me) => ReactNode }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  if (me.data) return children(me.data);
  if (me.isError) {
    return (
      <FailureNotice
        error={me.error}
        title="Couldn’t load your account"
        action={
          <Button variant="secondary" size="sm" onClick={() => void me.refetch()}>
            Try again
          </Button>
        }
      />
    );
  }
  return (
    <Loading label="Loading your account" className="grid max-w-md gap-3">
      <Skeleton className="w-24" />
      <Skeleton className="h-9" />
    </Loading>
  );
}
