"use client";

import { useQuery } from "@tanstack/react-query";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../client/failure-notice";
import { useTRPC } from "../../client/trpc";
import { PageHeader } from "../page-header";
import { firstDraft } from "./draft";
import { draftFromRequest } from "./draft-from-request";
import { Playground } from "./playground";

/** Waits for the request to start from, where one is named; otherwise starts at once. */
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
  const source = useQuery(
    trpc.inference.detail.queryOptions(
      { id: requestId ?? "" },
      { enabled: requestId !== null, retry: false },
    ),
  );
  const waiting = requestId !== null && source.isPending;
  const start = source.data
    ? draftFromRequest(source.data)
    : { draft: { ...firstDraft, model }, complete: true };
  return (
    <>
      <PageHeader title="Playground">
        Try a prompt on any model, then take the same call into your code.
      </PageHeader>
      {source.isError && (
        <FailureNotice error={source.error} title="The request could not be opened" className="mb-4" />
      )}
      {waiting ? (
        <Loading label="Opening the request" className="grid gap-4 lg:grid-cols-2">
          <Skeleton className="h-96 rounded-lg" />
          <Skeleton className="h-96 rounded-lg" />
        </Loading>
      ) : (
        <Playground key={requestId} baseUrl={baseUrl} start={start.draft} startIsComplete={start.complete} />
      )}
    </>
  );
}
