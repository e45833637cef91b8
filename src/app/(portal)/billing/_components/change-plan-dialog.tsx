"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { formatMoney } from "@/shared/format/money";
import type { PaidPlan } from "@/shared/plans";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { type Billing, formatDay, monthlyPrice, nameOf, type PlanOffer } from "../_lib/plan-offer";

type Preview = Outputs["billing"]["preview"];

/** Shows the price and start of a plan change before it is confirmed; the amount shown is the amount charged. */
export function ChangePlanDialog({
  plan,
  billing,
  offers,
  onDone,
}: {
  plan: PaidPlan;
  billing: Billing;
  offers: readonly PlanOffer[];
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const name = nameOf(offers, plan);
  const preview = useQuery(
    trpc.billing.preview.queryOptions({ plan }, { staleTime: 0, gcTime: 0, refetchOnWindowFocus: false }),
  );
  const change = useMutation(
    trpc.billing.change.mutationOptions({
      onSuccess: (view) => {
        if (view.payment_due?.needs_confirmation) {
          toast("Your bank wants you to confirm this payment", {
            description: `${name} starts once you do. The button is on this page.`,
          });
          onDone();
          return;
        }
        toast(view.plan === plan ? `Plan changed to ${name}` : `Change to ${name} scheduled`, {
          tone: "good",
        });
        onDone();
      },
    }),
  );
  const shown = preview.data;
  const confirm = () => change.mutate({ plan, ...(shown?.priced_at ? { priced_at: shown.priced_at } : {}) });

  return (
    <Dialog open onOpenChange={(open) => !open && !change.isPending && onDone()}>
      <DialogContent
        title={`Change to ${name}`}
        description={`From ${nameOf(offers, billing.plan)} to ${name}.`}
      >
        {change.error && <FailureNotice error={change.error} className="mb-4" />}
        {preview.isError && <FailureNotice error={preview.error} title="Couldn’t calculate the amount" />}
        {preview.isPending && (
          <Loading label="Calculating the amount" className="grid gap-3">
            <Skeleton className="w-3/4" />
            <Skeleton className="w-1/2" />
            <Skeleton className="h-8" />
          </Loading>
        )}
        {shown && <PreviewFacts preview={shown} name={name} />}
        <DialogFooter>
          <Button variant="ghost" disabled={change.isPending} onClick={onDone}>
            Cancel
          </Button>
          <Button pending={change.isPending} disabled={!shown} onClick={confirm}>
            {shown?.kind === "upgrade"
              ? `Pay ${formatMoney(shown.due_now_micros)} and upgrade`
              : `Change to ${name}`}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function PreviewFacts({ preview, name }: { preview: Preview; name: string }) {
  const monthly = monthlyPrice(preview.monthly_micros, preview.monthly_tax_micros);
  if (preview.effective_at !== null) {
    return (
      <p>
        Nothing to pay today. Your current plan stays until {formatDay(preview.effective_at)}, then {name}{" "}
        starts at {monthly}.
      </p>
    );
  }
  return (
    <>
      <p>The new limits apply at once. You pay the difference for the rest of this period now.</p>
      <dl className="num mt-4 grid gap-2">
        {preview.lines.map((line) => (
          <div key={line.description} className="flex justify-between gap-4">
            <dt className="text-muted">{line.description}</dt>
            <dd>{formatMoney(line.amount_micros)}</dd>
          </div>
        ))}
        <div className="flex justify-between gap-4 border-t pt-2 font-semibold">
          <dt>Due now</dt>
          <dd>{formatMoney(preview.due_now_micros)}</dd>
        </div>
      </dl>
      <p className="mt-3 text-muted">After that, {monthly}.</p>
    </>
  );
}
