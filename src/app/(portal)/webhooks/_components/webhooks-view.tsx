"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC } from "../../../_client/trpc";
import { useScopes } from "../../../_client/use-scopes";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import { type Endpoint, pageOfEndpoint } from "../_lib/types";
import { EndpointBadges } from "./endpoint-badges";

// Loaded when first opened.
const EndpointDialog = dynamic(() => import("./endpoint-dialog").then((file) => file.EndpointDialog), {
  ssr: false,
});

const columns: Column<Endpoint>[] = [
  { name: "Endpoint", kind: "heading", cell: (endpoint) => <EndpointCell endpoint={endpoint} /> },
  {
    name: "Events",
    from: "sm",
    className: "whitespace-nowrap",
    cell: ({ events: [first, ...more] }) => (
      <>
        <code className="text-[13px]">{first}</code>
        {more.length > 0 && <span className="text-muted"> and {more.length} more</span>}
      </>
    ),
  },
  {
    name: "Created",
    from: "md",
    className: "whitespace-nowrap",
    cell: ({ created_at }) => <RelativeTime iso={created_at} />,
  },
];

export function WebhooksView() {
  const trpc = useTRPC();
  const list = useQuery(trpc.webhooks.list.queryOptions({ limit: 50 }));
  const mayManage = useScopes()?.has("webhooks:write") ?? false;
  const [adding, setAdding] = useState(false);
  const endpoints = list.data?.data ?? [];
  return (
    <>
      <PageHeader
        title="Webhooks"
        actions={
          mayManage && (
            <Button onClick={() => setAdding(true)}>
              <Plus aria-hidden="true" />
              Add endpoint
            </Button>
          )
        }
      >
        A webhook calls your server when something happens: a request ends, a key is revoked, a payment fails.{" "}
        <Link href="/docs/webhooks" className="text-accent underline underline-offset-4">
          Read the guide
        </Link>
        .
      </PageHeader>
      {list.isPending && <ListSkeleton label="Loading your endpoints" />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your endpoints" />}
      {list.isSuccess && endpoints.length === 0 && (
        <EmptyState
          title="No endpoints yet"
          action={mayManage && <Button onClick={() => setAdding(true)}>Add your first endpoint</Button>}
        >
          {mayManage
            ? "Enter a URL and choose the events to send to it."
            : "Owners, admins and developers can add endpoints. Your role can view them."}
        </EmptyState>
      )}
      {endpoints.length > 0 && (
        <ListTable
          caption="Webhook endpoints of your organization"
          columns={columns}
          rows={endpoints}
          rowKey={({ id }) => id}
        />
      )}
      {adding && <EndpointDialog onDone={() => setAdding(false)} />}
    </>
  );
}

function EndpointCell({ endpoint }: { endpoint: Endpoint }) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link
          href={pageOfEndpoint(endpoint.id)}
          className="break-all rounded-sm font-medium underline-offset-4 hover:underline"
        >
          {endpoint.url}
        </Link>
        <EndpointBadges endpoint={endpoint} />
      </span>
      {endpoint.description !== "" && (
        <span className="mt-0.5 block break-words text-[13px] text-muted">{endpoint.description}</span>
      )}
    </>
  );
}
