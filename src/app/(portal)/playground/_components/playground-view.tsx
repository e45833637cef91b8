"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { firstDraft } from "../_lib/draft";
import { draftFromRequest } from "../_lib/draft-from-request";
import { keyOf, readKept } from "../_lib/draft-store";
import { Playground } from "./playground";

/** Begins with the request that is named, else with what this tab had kept, else afresh. */
export function PlaygroundView({
  baseUrl,
  model,
  requestId,
}: {
  baseUrl: string;
  /** To start with, where no request is named. */
  model: string;
  requestId: string | null;
}) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const source = useQuery(
    trpc.inference.detail.queryOptions(
      { id: requestId ?? "" },
      { enabled: requestId !== null, retry: false, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const ready = !me.isPending && (requestId === null || !source.isPending);
  // From then on the draft is this tab's own: a reload brings back what was made of it.
  useEffect(() => {
    if (ready && requestId !== null && source.isSuccess) window.history.replaceState(null, "", "/playground");
  }, [ready, requestId, source.isSuccess]);

  if (!ready) {
    return (
      <>
        <PageHeader title="Playground">
          Compare up to four models, then copy the call into your code.
        </PageHeader>
        <Loading
          label="Opening the playground"
          className="grid gap-4 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)]"
        >
          <Skeleton className="h-96 rounded-lg" />
          <Skeleton className="h-80 rounded-lg" />
        </Loading>
      </>
    );
  }
  const storageKey = me.data ? keyOf(me.data) : null;
  const named = source.data ? draftFromRequest(source.data) : null;
  const kept = named || storageKey === null ? null : readKept(storageKey);
  return (
    <>
      {source.isError && (
        <FailureNotice error={source.error} title="Couldn’t open the request" className="mb-4" />
      )}
      <Playground
        key={`${requestId} ${storageKey}`}
        baseUrl={baseUrl}
        model={model}
        start={
          named && requestId !== null
            ? { draft: named.draft, answers: {} }
            : (kept ?? { draft: firstDraft(model), answers: {} })
        }
        startIsComplete={named?.complete ?? true}
        storageKey={storageKey}
        simulated={me.data?.user.email_verified === false}
      />
    </>
  );
}
