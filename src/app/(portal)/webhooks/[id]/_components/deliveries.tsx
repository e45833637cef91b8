"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { RetryNotice, ShowMore } from "../../../_components/query-states";
import type { Delivery, Endpoint } from "../../_lib/types";

// Loaded when first opened.
const DeliveryDialog = dynamic(() => import("./delivery-dialog").then((file) => file.DeliveryDialog));

const PAGE_SIZE = 20;
/** While something is on its way. */
const POLL_MS = 2_000;

const states: Record<Delivery["status"], { tone: BadgeTone; label: string }> = {
  pending: { tone: "accent", label: "Pending" },
  delivered: { tone: "good", label: "Delivered" },
  failed: { tone: "danger", label: "Failed" },
};

export function Deliveries({ endpoint, mayManage }: { endpoint: Endpoint; mayManage: boolean }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [opened, setOpened] = useState<string | null>(null);
  const list = usePages({
    queryKey: [...trpc.webhooks.deliveries.pathKey(), endpoint.id, "pages"],
    fetchPage: (cursor) => client.webhooks.deliveries.query({ id: endpoint.id, limit: PAGE_SIZE, ...cursor }),
    pollAfter: (items) => (items.some(({ status }) => status === "pending") ? POLL_MS : false),
  });
  const columns: Column<Delivery>[] = [
    {
      name: "Event",
      kind: "heading",
      cell: ({ id, event }) => (
        <button
          type="button"
          onClick={() => setOpened(id)}
          className="rounded-sm text-left underline-offset-4 hover:underline"
        >
          <code className="text-[13px]">{event}</code>
        </button>
      ),
    },
    { name: "Status", cell: (delivery) => <StateCell delivery={delivery} /> },
    { name: "Attempts", kind: "number", from: "md", cell: ({ attempts }) => attempts },
    {
      name: "Created",
      from: "sm",
      className: "whitespace-nowrap",
      cell: ({ created_at }) => <RelativeTime iso={created_at} />,
    },
  ];
  return (
    <section aria-labelledby="deliveries" className="min-w-0">
      <h2 id="deliveries" className="mb-3 font-semibold text-base">
        Deliveries of the last seven days
      </h2>
      {list.isPending && <ListSkeleton label="Loading deliveries" />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load the deliveries" />}
      {list.isSuccess && list.items.length === 0 && (
        <EmptyState title="Nothing sent yet">
          Send a test event, or wait for one of the events you chose.
        </EmptyState>
      )}
      {list.items.length > 0 && (
        <ListTable caption="Deliveries" columns={columns} rows={list.items} rowKey={({ id }) => id} />
      )}
      <ShowMore list={list} />
      {opened !== null && (
        <DeliveryDialog
          id={opened}
          mayManage={mayManage && endpoint.status !== "disabled"}
          onDone={() => setOpened(null)}
        />
      )}
    </section>
  );
}

function StateCell({
  delivery: { status, last_error: error, next_attempt_at: next, attempts },
}: {
  delivery: Delivery;
}) {
  const { tone, label } = states[status];
  return (
    <>
      <Badge tone={tone}>{label}</Badge>
      {error !== null && <span className="mt-1 block text-[13px] text-muted">{error}</span>}
      {next !== null && attempts > 0 && (
        <span className="mt-1 block text-[13px] text-muted">
          Next attempt <RelativeTime iso={next} />
        </span>
      )}
    </>
  );
}
