"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { Notice } from "@/components/ui/notice";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../../_client/failure";
import { useTRPC } from "../../../../_client/trpc";
import { useScopes } from "../../../../_client/use-scopes";
import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { FactCard } from "../../../_components/fact-card";
import { isNotFound, NotFound } from "../../../_components/not-found";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { EndpointBadges } from "../../_components/endpoint-badges";
import type { Endpoint } from "../../_lib/types";
import { Deliveries } from "./deliveries";

// Loaded when first opened.
const EndpointDialog = dynamic(() =>
  import("../../_components/endpoint-dialog").then((file) => file.EndpointDialog),
);
const RotateSecretDialog = dynamic(() =>
  import("./endpoint-dialogs").then((file) => file.RotateSecretDialog),
);
const DeleteEndpointDialog = dynamic(() =>
  import("./endpoint-dialogs").then((file) => file.DeleteEndpointDialog),
);

const parents = [{ href: "/webhooks", label: "Webhooks" }];

export function EndpointView({ id }: { id: string }) {
  const trpc = useTRPC();
  const endpoint = useQuery(trpc.webhooks.get.queryOptions({ id }));
  if (endpoint.data) return <LoadedEndpoint endpoint={endpoint.data} />;
  if (isNotFound(endpoint)) {
    const list = { href: "/webhooks", label: "View all endpoints" };
    return <NotFound parents={parents} page="Webhook endpoint" title="Endpoint not found" list={list} />;
  }
  if (endpoint.isError) {
    return (
      <>
        <PageHeader title="Webhook endpoint" />
        <RetryNotice query={endpoint} title="Couldn’t load the endpoint" />
      </>
    );
  }
  return (
    <Loading label="Loading the endpoint" className="grid gap-6">
      <Breadcrumbs parents={parents} here="…" />
      <h1 className="sr-only">Webhook endpoint</h1>
      <Skeleton className="h-7 w-72" />
      <Skeleton className="h-64 rounded-lg" />
    </Loading>
  );
}

type Task = "edit" | "rotate" | "delete";

function LoadedEndpoint({ endpoint }: { endpoint: Endpoint }) {
  const mayManage = useScopes()?.has("webhooks:write") ?? false;
  const [task, setTask] = useState<Task | null>(null);
  const done = () => setTask(null);
  const host = new URL(endpoint.url).host;
  return (
    <>
      <Breadcrumbs parents={parents} here={host} />
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="min-w-0 break-all">{host}</span>
            <EndpointBadges endpoint={endpoint} />
          </span>
        }
        actions={mayManage && <Actions endpoint={endpoint} onTask={setTask} />}
      >
        <span className="flex items-center gap-1">
          <code className="min-w-0 break-all text-[13px]">{endpoint.url}</code>
          <CopyButton text={endpoint.id} label="Copy endpoint ID" />
        </span>
      </PageHeader>
      <StateNotice endpoint={endpoint} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Deliveries endpoint={endpoint} mayManage={mayManage} />
        <FactCard
          facts={[
            ...(endpoint.description === "" ? [] : [["Description", endpoint.description] as const]),
            ["Environment", endpoint.environment === "live" ? "Live" : "Test"],
            [
              "Events",
              <span key="events" className="grid gap-1">
                {endpoint.events.map((event) => (
                  <code key={event}>{event}</code>
                ))}
              </span>,
            ],
            ["Created", <RelativeTime key="created" iso={endpoint.created_at} />],
            ...(endpoint.previous_secret_until === null
              ? []
              : [
                  [
                    "Previous secret",
                    <span key="secret">
                      signs as well until <RelativeTime iso={endpoint.previous_secret_until} />
                    </span>,
                  ] as const,
                ]),
          ]}
        />
      </div>
      {task === "edit" && <EndpointDialog endpoint={endpoint} onDone={done} />}
      {task === "rotate" && <RotateSecretDialog endpoint={endpoint} onDone={done} />}
      {task === "delete" && <DeleteEndpointDialog endpoint={endpoint} onDone={done} />}
    </>
  );
}

function Actions({ endpoint, onTask }: { endpoint: Endpoint; onTask: (task: Task) => void }) {
  const { id, status } = endpoint;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries(trpc.webhooks.pathFilter());
  const fails = (title: string) => (error: unknown) =>
    toast(title, { description: readFailure(error).message, tone: "danger" });
  const update = useMutation(
    trpc.webhooks.update.mutationOptions({
      onSuccess: refresh,
      onError: fails("Couldn’t change the endpoint"),
    }),
  );
  const test = useMutation(
    trpc.webhooks.test.mutationOptions({
      onSuccess: () => {
        toast("Test event on its way", { tone: "good" });
        return refresh();
      },
      onError: fails("Couldn’t send a test event"),
    }),
  );
  const enabled = status !== "disabled";
  return (
    <>
      {enabled && (
        <Button size="sm" pending={test.isPending} onClick={() => test.mutate({ id })}>
          Send test event
        </Button>
      )}
      <Button variant="secondary" size="sm" onClick={() => onTask("edit")}>
        Change
      </Button>
      <Button variant="secondary" size="sm" onClick={() => onTask("rotate")}>
        Rotate secret
      </Button>
      <Button
        variant={enabled ? "secondary" : "primary"}
        size="sm"
        pending={update.isPending}
        onClick={() => update.mutate({ id, enabled: !enabled })}
      >
        {enabled ? "Disable" : "Enable"}
      </Button>
      <Button variant="danger-quiet" size="sm" onClick={() => onTask("delete")}>
        Delete
      </Button>
    </>
  );
}

function StateNotice({
  endpoint: { status, disabled_because: because, failing_since: since },
}: {
  endpoint: Endpoint;
}) {
  if (status === "failing" && since !== null) {
    return (
      <Notice tone="attention" title="The last attempt failed" className="mb-4">
        Failing since <RelativeTime iso={since} />. We retry each event for three days. After three days
        without a success, we disable the endpoint.
      </Notice>
    );
  }
  if (status !== "disabled" || because === "customer") return null;
  return (
    <Notice tone="attention" title="We disabled this endpoint" className="mb-4">
      {because === "gone"
        ? "It responded with 410 Gone, which asks us to stop."
        : "No event reached it for three days."}{" "}
      Enable it once it works again, then resend what it missed from the list below.
    </Notice>
  );
}
