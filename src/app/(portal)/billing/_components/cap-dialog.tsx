"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { MoneyField } from "@/components/ui/fields/money-field";
import { Notice } from "@/components/ui/notice";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { ORGANIZATION_CAP_MICROS } from "@/shared/bounds";
import { formatMoney } from "@/shared/format/money";
import { readDollars, typeDollars } from "@/shared/typed/dollars";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import type { Spending } from "../_lib/spending";

/** Sets or removes the monthly cap. */
export function CapDialog({ spending, onDone }: { spending: Spending; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { cap_micros, spent_micros } = spending;
  const [typed, setTyped] = useState(cap_micros === null ? "" : typeDollars(cap_micros));
  const [tried, setTried] = useState(false);
  const setCap = useMutation(
    trpc.billing.setCap.mutationOptions({
      onSuccess: (view) => {
        queryClient.setQueryData(trpc.billing.spending.queryKey(), view);
        toast(
          view.cap_micros === null ? "Cap removed" : `Cap set to ${formatMoney(view.cap_micros)} per month`,
          {
            tone: "good",
          },
        );
        onDone();
      },
    }),
  );
  const { value: micros, problem } = readDollars(typed, ORGANIZATION_CAP_MICROS);
  const stops = micros !== undefined && micros <= spent_micros;
  const refused = setCap.error && fieldError(readFailure(setCap.error), "monthly_cap_micros");
  const error = tried && problem !== undefined ? problem : refused;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (micros !== undefined) setCap.mutate({ monthly_cap_micros: micros });
  };

  return (
    <Dialog open onOpenChange={(open) => !open && !setCap.isPending && onDone()}>
      <DialogContent
        title={cap_micros === null ? "Set monthly cap" : "Change monthly cap"}
        description="The most your live requests can cost per calendar month (UTC)."
      >
        <form onSubmit={submit} className="grid gap-4" noValidate>
          {setCap.error && !refused && <FailureNotice error={setCap.error} />}
          <MoneyField
            label="US dollars per month"
            per="per calendar month (UTC)"
            bounds={ORGANIZATION_CAP_MICROS}
            placeholder="25.00"
            value={typed}
            onChange={(text) => {
              setTyped(text);
              setTried(false);
            }}
            error={error || undefined}
          />
          {stops && (
            <Notice tone="attention" title="Requests will stop at once">
              You’ve already spent {formatMoney(spent_micros)} this month. New requests are refused until the
              month ends or you raise the cap. Running requests finish.
            </Notice>
          )}
          <div className="text-muted">
            <p>
              This is a hard limit. We hold the most a request can cost before it runs; one that doesn’t fit
              is refused at no cost.
            </p>
            <p className="mt-2">
              We email your owners and billing members at 50%, 80% and 100%, when requests stop.
            </p>
          </div>
          <DialogFooter className="mt-2">
            {cap_micros !== null && (
              <Button
                variant="ghost"
                className="sm:mr-auto"
                disabled={setCap.isPending}
                onClick={() => setCap.mutate({ monthly_cap_micros: null })}
              >
                Remove cap
              </Button>
            )}
            <Button variant="ghost" disabled={setCap.isPending} onClick={onDone}>
              Cancel
            </Button>
            <Button type="submit" pending={setCap.isPending}>
              {cap_micros === null ? "Set cap" : "Change cap"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
