"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import type { Billing } from "../_lib/plan-offer";
import type { Spending } from "../_lib/spending";

export function OverageDialog({
  spending,
  billing,
  turnOn,
  onDone,
}: {
  spending: Spending;
  billing: Billing;
  turnOn: boolean;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const change = useMutation(
    trpc.billing.setOverage.mutationOptions({
      onSuccess: (view) => {
        queryClient.setQueryData(trpc.billing.spending.queryKey(), view);
        toast(turnOn ? "Overage turned on" : "Overage turned off", { tone: "good" });
        onDone();
      },
    }),
  );
  return (
    <AlertDialog open onOpenChange={(open) => !open && !change.isPending && onDone()}>
      <AlertDialogContent
        title={turnOn ? "Turn on overage?" : "Turn off overage?"}
        description={
          turnOn ? <WhatOnMeans {...{ spending, billing }} /> : <WhatOffMeans spending={spending} />
        }
      >
        {change.error && <FailureNotice error={change.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost" disabled={change.isPending}>
              Cancel
            </Button>
          </AlertDialogCancel>
          <Button pending={change.isPending} onClick={() => change.mutate({ on: turnOn })}>
            {turnOn ? "Turn on overage" : "Turn off overage"}
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

function WhatOnMeans({ spending, billing }: { spending: Spending; billing: Billing }) {
  const { limit } = billing.quota;
  const { cap_micros } = spending;
  return (
    <div className="grid gap-2">
      <p>
        When {limit === null ? "your plan’s tokens" : `this month’s ${formatCount(limit)} tokens`} are used,
        requests continue. Each is billed at its model’s price. Nothing is charged today: it’s a line on your
        next invoice.
      </p>
      <p>
        {cap_micros === null
          ? "You have no cap, so nothing limits what this can cost. You can set one under “Spent this month”."
          : `Your cap of ${formatMoney(cap_micros)} per month limits it: requests stop there.`}
      </p>
    </div>
  );
}

function WhatOffMeans({ spending }: { spending: Spending }) {
  const { used_micros } = spending.overage;
  return (
    <p>
      From now on, requests stop at your plan’s tokens.
      {used_micros > 0 &&
        ` The ${formatMoney(used_micros)} you used past them this month stays on your next invoice.`}
    </p>
  );
}
