"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatCount } from "@/shared/count";
import { formatDuration } from "@/shared/time";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { RowsSkeleton } from "../../_components/console-list";
import { RedriveDialog } from "./redrive-dialog";

const REFRESH_MS = 5_000;

type Queues = Outputs["operators"]["queues"];
type Depth = Pick<Queues["dead"], "ready" | "in_flight" | "delayed">;

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
      {query.isPending && <RowsSkeleton label="Loading the queues" />}
      {query.isError && <RetryNotice query={query} title="Couldn’t load the queues" />}
      {queues && <QueueTable queues={queues} />}
      {redriving && <RedriveDialog dead={dead} onDone={() => setRedriving(false)} />}
    </>
  );
}

function QueueTable({ queues }: { queues: Queues }) {
  return (
    <Table>
      <caption className="sr-only">Queues with their depths</caption>
      <TableHead>
        <tr>
          <TableHeader>Queue</TableHeader>
          <TableHeader className="text-right">Ready</TableHeader>
          <TableHeader className="text-right">In flight</TableHeader>
          <TableHeader className="hidden text-right sm:table-cell">Delayed</TableHeader>
          <TableHeader className="hidden text-right sm:table-cell">Unfinished requests</TableHeader>
          <TableHeader className="text-right">Oldest</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {queues.lanes.map((lane) => (
          <TableRow key={lane.lane}>
            <TableCell className="font-medium capitalize">{lane.lane}</TableCell>
            <Depths depth={lane} />
            <TableCell className="num hidden text-right sm:table-cell">
              {formatCount(lane.unfinished)}
            </TableCell>
            <TableCell className="num text-right">
              {lane.oldest_seconds === null ? "—" : formatDuration(lane.oldest_seconds * 1_000)}
            </TableCell>
          </TableRow>
        ))}
        <TableRow>
          <TableCell className="font-medium">
            <span className="flex flex-wrap items-center gap-2">
              Dead letters
              {queues.dead.ready > 0 && <Badge tone="attention">needs action</Badge>}
            </span>
          </TableCell>
          <Depths depth={queues.dead} />
          <TableCell className="hidden text-right sm:table-cell">—</TableCell>
          <TableCell className="text-right">—</TableCell>
        </TableRow>
      </TableBody>
    </Table>
  );
}

function Depths({ depth }: { depth: Depth }) {
  return (
    <>
      <TableCell className="num text-right">{formatCount(depth.ready)}</TableCell>
      <TableCell className="num text-right">{formatCount(depth.in_flight)}</TableCell>
      <TableCell className="num hidden text-right sm:table-cell">{formatCount(depth.delayed)}</TableCell>
    </>
  );
}
