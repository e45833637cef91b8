"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { draftFromRequest } from "../_lib/draft/draft-from-request";
import { loadDraft, newDraft, storageKeyOf } from "../_lib/draft/draft-store";
import { Playground } from "./playground";

/** Starts from the request in the URL, else from this tab's saved draft, else from an example. */
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
  // From now on the draft is this tab's own, and a reload restores it rather than the request.
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
  const storageKey = me.data ? storageKeyOf(me.data) : null;
  const requested = source.data ? draftFromRequest(source.data) : null;
  const saved = requested || storageKey === null ? null : loadDraft(storageKey);
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
          requested && requestId !== null
            ? { draft: requested.draft, answers: {}, streams: {} }
            : (saved ?? newDraft(model))
        }
        startIsComplete={requested?.complete ?? true}
        storageKey={storageKey}
        simulated={me.data?.user.email_verified === false}
      />
    </>
  );
}
