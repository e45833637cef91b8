"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code/code-block";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";

interface DeliveryDialogProps {
  id: string;
  /** Whether it can be sent again. */
  mayManage: boolean;
  onDone: () => void;
}

/** One delivery: its body and the outcome of each attempt. */
export function DeliveryDialog({ id, mayManage, onDone }: DeliveryDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const delivery = useQuery(trpc.webhooks.delivery.queryOptions({ id }));
  const again = useMutation(
    trpc.webhooks.redeliver.mutationOptions({
      onSuccess: () => {
        onDone();
        return queryClient.invalidateQueries(trpc.webhooks.pathFilter());
      },
    }),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title="Delivery"
        description="The event as sent, and each attempt."
        className="max-w-2xl"
      >
        {delivery.isPending && (
          <Loading label="Loading the delivery">
            <Skeleton className="h-48 rounded-lg" />
          </Loading>
        )}
        {delivery.isError && <RetryNotice query={delivery} title="Couldn’t load the delivery" />}
        {delivery.data && (
          <div className="grid min-w-0 gap-4">
            <p className="text-[13px] text-muted">
              <code className="break-all">webhook-id: {delivery.data.event_id}</code>
            </p>
            <CodeBlock
              code={JSON.stringify(delivery.data.payload, null, 2)}
              label="Body"
              className="max-h-72 overflow-auto"
            />
            <Attempts tries={delivery.data.tries} />
          </div>
        )}
        {again.error && <FailureNotice error={again.error} className="mt-4" />}
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="ghost">Close</Button>
          </DialogClose>
          {mayManage && delivery.data !== undefined && delivery.data.status !== "pending" && (
            <Button pending={again.isPending} onClick={() => again.mutate({ id })}>
              Send again
            </Button>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Attempts({ tries }: { tries: Outputs["webhooks"]["delivery"]["tries"] }) {
  if (tries.length === 0) return <p className="text-muted">Not attempted yet.</p>;
  return (
    <ol aria-label="Attempts, latest first" className="divide-y rounded-lg border">
      {tries.map(({ number, at, duration_ms: took, status, error, response }) => (
        <li key={number} className="grid gap-1 p-3">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">Attempt {number}</span>
            <span>{error ?? `responded ${status}`}</span>
            <span className="text-[13px] text-muted">
              <RelativeTime iso={at} />, {took} ms
            </span>
          </p>
          {response !== null && response !== "" && (
            <pre className="max-h-24 overflow-auto whitespace-pre-wrap break-all text-[13px] text-muted">
              {response}
            </pre>
          )}
        </li>
      ))}
    </ol>
  );
}
