"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { formatCount } from "@/shared/format/count";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { type Billing, formatDay, nameOf, type PlanOffer } from "../_lib/plan-offer";

export function CancelPlanDialog({
  billing,
  offers,
  onDone,
}: {
  billing: Billing;
  offers: readonly PlanOffer[];
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const name = nameOf(offers, billing.plan);
  const free = offers.find(({ id }) => id === "free");
  const until = billing.period_end === null ? "the period’s end" : formatDay(billing.period_end);
  const cancel = useMutation(
    trpc.billing.cancel.mutationOptions({
      onSuccess: () => {
        toast(`${name} canceled`, { description: `It stays until ${until}.` });
        onDone();
      },
    }),
  );
  return (
    <AlertDialog open onOpenChange={(open) => !open && !cancel.isPending && onDone()}>
      <AlertDialogContent
        title={`Cancel ${name}?`}
        description={
          <p>
            {name} stays until {until}. Then your organization moves to Free:{" "}
            {formatCount(free?.tokensPerMonth ?? 0)} tokens per month and {free?.requestsPerMinute} requests
            per minute. Keys and history stay. You can undo this until then.
          </p>
        }
      >
        {cancel.error && <FailureNotice error={cancel.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost" disabled={cancel.isPending}>
              Keep {name}
            </Button>
          </AlertDialogCancel>
          <Button variant="danger" pending={cancel.isPending} onClick={() => cancel.mutate({})}>
            Cancel plan
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
