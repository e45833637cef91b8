"use client";

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { type Column, ListTable } from "@/components/data/list-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/shared/format/count";
import { formatDuration } from "@/shared/format/time";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { RedriveDialog } from "./redrive-dialog";

const REFRESH_MS = 5_000;

type Queues = Outputs["operators"]["queues"];

export function QueuesView() {
  const trpc = useTRPC();
  const [redriving, setRedriving] = useState(false);
  const query = useQuery(trpc.operators.queues.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  const queues = query.data;
  const dead = queues ? queues.dead.ready + queues.dead.in_flight : 0;
  return (
    <>
      <PageHeader
        title="Queues"
        actions={
          <Button disabled={dead === 0} onClick={() => setRedriving(true)}>
            Redrive dead letters
          </Button>
        }
      >
        Messages waiting in each queue. Requests live in the database; a lost or repeated message changes
        nothing.
      </PageHeader>
      {query.isPending && <ListSkeleton label="Loading the queues" />}
      {query.isError && <RetryNotice query={query} title="Couldn’t load the queues" />}
      {queues && <QueueTable queues={queues} />}
      {redriving && <RedriveDialog dead={dead} onDone={() => setRedriving(false)} />}
    </>
  );
}

interface QueueRow extends Pick<Queues["dead"], "ready" | "in_flight" | "delayed"> {
  name: ReactNode;
  /** Null for dead letters: their requests have been failed or sent again. */
  unfinished: number | null;
  oldest_seconds: number | null;
}

const columns: Column<QueueRow & { id: string }>[] = [
  { name: "Queue", className: "font-medium capitalize", cell: ({ name }) => name },
  { name: "Ready", kind: "number", cell: ({ ready }) => formatCount(ready) },
  { name: "In flight", kind: "number", cell: ({ in_flight }) => formatCount(in_flight) },
  { name: "Delayed", kind: "number", from: "sm", cell: ({ delayed }) => formatCount(delayed) },
  {
    name: "Unfinished requests",
    kind: "number",
    from: "sm",
    cell: ({ unfinished }) => (unfinished === null ? "–" : formatCount(unfinished)),
  },
  {
    name: "Oldest",
    kind: "number",
    cell: ({ oldest_seconds }) => (oldest_seconds === null ? "–" : formatDuration(oldest_seconds * 1_000)),
  },
];

function QueueTable({ queues: { queues, dead } }: { queues: Queues }) {
  return (
    <ListTable
      caption="Queues with their depths"
      columns={columns}
      rows={[
        ...queues.map((queue) => ({ ...queue, id: queue.name })),
        {
          ...dead,
          id: "dead",
          name: <DeadLetters ready={dead.ready} />,
          unfinished: null,
          oldest_seconds: null,
        },
      ]}
      rowKey={({ id }) => id}
    />
  );
}

function DeadLetters({ ready }: { ready: number }) {
  return (
    <span className="flex flex-wrap items-center gap-2 normal-case">
      Dead letters
      {ready > 0 && <Badge tone="attention">needs action</Badge>}
    </span>
  );
}
