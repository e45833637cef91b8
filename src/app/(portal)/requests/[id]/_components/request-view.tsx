"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { chatSnippets } from "@/components/snippets/chat-snippets";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../../_client/failure";
import { useTRPC } from "../../../../_client/trpc";
import { useScopes } from "../../../../_client/use-scopes";
import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { isNotFound, NotFound } from "../../../_components/not-found";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { isLive, pollInterval, StatusBadge } from "../../../_components/request-status";
import { DeleteRequestDialog } from "../../_components/delete-request-dialog";
import { Conversation } from "./conversation";
import { Receipt } from "./receipt";
import { Facts, ParameterList } from "./request-facts";
import { Timeline } from "./timeline";

const parents = [{ href: "/requests", label: "Requests" }];
const shortId = (id: string) => `${id.slice(0, 12)}…`;

export function RequestView({ id, baseUrl }: { id: string; baseUrl: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const scopes = useScopes();
  const [deleting, setDeleting] = useState(false);
  const [deleted, setDeleted] = useState(false);
  const detail = useQuery(
    trpc.inference.detail.queryOptions(
      { id },
      { enabled: !deleted, refetchInterval: ({ state }) => (state.data ? pollInterval(state.data) : false) },
    ),
  );
  const cancel = useMutation(
    trpc.inference.cancel.mutationOptions({
      onSettled: async () => {
        await queryClient.invalidateQueries(trpc.inference.pathFilter());
        await queryClient.invalidateQueries(trpc.history.pathFilter());
      },
      onError: (error) =>
        toast("Couldn’t cancel the request", { description: readFailure(error).message, tone: "danger" }),
    }),
  );

  if (detail.isPending) return <RequestSkeleton />;
  if (isNotFound(detail)) {
    return (
      <NotFound
        parents={parents}
        page="Request"
        title="Request not found"
        list={{ href: "/requests", label: "View all requests" }}
      >
        It may have been deleted or belong to another organization, or the ID is wrong.
      </NotFound>
    );
  }
  if (detail.isError && !detail.data) {
    return <RetryNotice query={detail} title="Couldn’t load the request" />;
  }

  const request = detail.data;
  const body = { model: request.model, messages: request.messages, ...request.parameters };
  const { stored, endpoint } = request;
  const curl =
    endpoint === "/api/v1/inference"
      ? inferenceSnippets({ baseUrl, body })[0]?.code
      : chatSnippets({ baseUrl, body })[2].code;
  return (
    <>
      <Breadcrumbs parents={parents} here={shortId(request.id)} />
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {request.model}
            <StatusBadge status={request.status} />
            {request.environment === "test" && <Badge tone="outline">test</Badge>}
            {request.archived === true && <Badge tone="outline">archived</Badge>}
          </span>
        }
        actions={
          <>
            {isLive(request.status) && scopes?.has("inference:write") && (
              <Button
                variant="secondary"
                size="sm"
                pending={cancel.isPending || request.cancel_requested}
                onClick={() => cancel.mutate({ id })}
              >
                Cancel request
              </Button>
            )}
            {stored && curl && <CopyButton text={curl} label="Copy as curl" labeled />}
            {stored && scopes?.has("inference:write") && (
              <Button asChild variant="secondary" size="sm">
                <Link href={`/playground?from=${id}`}>Run again in playground</Link>
              </Button>
            )}
            {stored && !isLive(request.status) && scopes?.has("history:write") && (
              <Button variant="danger-quiet" size="sm" onClick={() => setDeleting(true)}>
                Delete request
              </Button>
            )}
          </>
        }
      >
        <span className="flex items-center gap-1">
          <code className="min-w-0 truncate text-[13px]">{request.id}</code>
          <CopyButton text={request.id} label="Copy request ID" />
        </span>
      </PageHeader>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Conversation request={request} />
        <div className="grid gap-4">
          <Facts request={request} />
          <Receipt request={request} />
          <Timeline request={request} />
          {stored && <ParameterList request={request} />}
        </div>
      </div>
      {deleting && (
        <DeleteRequestDialog
          id={id}
          onClose={() => setDeleting(false)}
          onDeleted={() => {
            // Deleted content must not stay in this browser's cache.
            setDeleted(true);
            queryClient.removeQueries(trpc.inference.pathFilter());
            router.push("/requests");
          }}
        />
      )}
    </>
  );
}

function RequestSkeleton() {
  return (
    <Loading label="Loading the request" className="grid gap-6">
      <Breadcrumbs parents={parents} here="…" />
      <h1 className="sr-only">Request</h1>
      <Skeleton className="h-7 w-56" />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Skeleton className="h-80 rounded-lg" />
        <Skeleton className="h-64 rounded-lg" />
      </div>
    </Loading>
  );
}
