"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "../../../../_client/trpc";
import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { isNotFound } from "../../../_components/not-found";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { StreamState } from "./stream-state";

// Loaded when first opened.
const StreamDialog = dynamic(() => import("./stream-dialog").then((file) => file.StreamDialog), {
  ssr: false,
});
const RemoveStreamDialog = dynamic(
  () => import("./remove-stream-dialog").then((file) => file.RemoveStreamDialog),
  { ssr: false },
);

const POLL_MS = 5_000;
const parents = [{ href: "/audit", label: "Audit log" }];

export function StreamView() {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const stream = useQuery(
    trpc.audit.stream.get.queryOptions(undefined, {
      refetchInterval: ({ state }) => (state.data ? POLL_MS : false),
      retry: false,
    }),
  );
  const [task, setTask] = useState<"set" | "remove" | null>(null);
  const none = isNotFound(stream);
  const done = () => setTask(null);
  return (
    <>
      <Breadcrumbs parents={parents} here="Stream" />
      <PageHeader title="Audit stream">
        Sends each entry of your audit log to a receiver of yours, in order, as it is written. After an outage
        it continues where it stopped.
      </PageHeader>
      {stream.isPending && (
        <Loading label="Loading the audit stream" className="grid gap-4">
          <Skeleton className="h-56 rounded-lg" />
        </Loading>
      )}
      {stream.isError && !none && <RetryNotice query={stream} title="Couldn’t load the audit stream" />}
      {none &&
        (me.data?.organization.plan === "enterprise" ? (
          <EmptyState
            title="No audit stream yet"
            action={<Button onClick={() => setTask("set")}>Set up stream</Button>}
          >
            Send the log to a webhook, or to a syslog receiver over TLS. It starts with the next entry.
          </EmptyState>
        ) : (
          <EmptyState
            title="Your plan doesn’t include audit streams"
            action={
              <Button asChild>
                <Link href="/enterprise">See Enterprise</Link>
              </Button>
            }
          >
            Enterprise sends your audit log to your own receiver. On every plan you can read and export it.
          </EmptyState>
        ))}
      {stream.data && (
        <StreamState
          stream={stream.data}
          onChange={() => setTask("set")}
          onRemove={() => setTask("remove")}
        />
      )}
      {task === "set" && <StreamDialog stream={stream.data} onDone={done} />}
      {task === "remove" && <RemoveStreamDialog onDone={done} />}
    </>
  );
}
