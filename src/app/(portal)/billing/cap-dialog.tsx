"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { formatMoney } from "@/components/format/money";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast-store";
import { fieldError, readFailure } from "../../client/failure";
import { FailureNotice } from "../../client/failure-notice";
import { useTRPC } from "../../client/trpc";
import { readDollars, type Spending, writeDollars } from "./spending";

/** Sets the month's cap or takes it off, and says beforehand what it will do. */
export function CapDialog({ spending, onDone }: { spending: Spending; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { cap_micros, spent_micros } = spending;
  const [typed, setTyped] = useState(cap_micros === null ? "" : writeDollars(cap_micros));
  const [unreadable, setUnreadable] = useState(false);
  const setCap = useMutation(
    trpc.billing.setCap.mutationOptions({
      onSuccess: (view) => {
        queryClient.setQueryData(trpc.billing.spending.queryKey(), view);
        toast(
          view.cap_micros === null ? "The cap is off" : `The cap is ${formatMoney(view.cap_micros)} a month`,
          {
            tone: "good",
          },
        );
        onDone();
      },
    }),
  );
  const micros = readDollars(typed);
  const stops = micros !== undefined && micros > 0 && micros <= spent_micros;
  const refused = setCap.error && fieldError(readFailure(setCap.error), "monthly_cap_micros");
  const error = unreadable ? "Write an amount such as 25 or 25.50, of at least $0.01." : refused;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUnreadable(!micros);
    if (micros) setCap.mutate({ monthly_cap_micros: micros });
  };

  return (
    <Dialog open onOpenChange={(open) => !open && !setCap.isPending && onDone()}>
      <DialogContent
        title={cap_micros === null ? "Set a monthly cap" : "Change the monthly cap"}
        description="The most that your organization’s live requests may cost in a calendar month (UTC)."
      >
        <form onSubmit={submit} className="grid gap-4" noValidate>
          {setCap.error && !refused && <FailureNotice error={setCap.error} />}
          <Field label="US dollars a month" error={error || undefined}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                autoComplete="off"
                placeholder="25.00"
                value={typed}
                onChange={(event) => {
                  setTyped(event.currentTarget.value);
                  setUnreadable(false);
                }}
              />
            )}
          </Field>
          {stops && (
            <Notice tone="attention" title="Requests stop at once">
              You have spent {formatMoney(spent_micros)} this month already. Nothing new runs until the month
              ends or the cap is higher; what runs now is finished.
            </Notice>
          )}
          <div className="text-muted">
            <p>
              The cap is hard. What a request may cost at most is set aside before it runs, and one that does
              not fit is refused before it costs anything.
            </p>
            <p className="mt-2">
              We write to your owners and billing members at 50 and 80 %, and at 100 %, when requests stop.
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
                Remove the cap
              </Button>
            )}
            <Button variant="ghost" disabled={setCap.isPending} onClick={onDone}>
              Not now
            </Button>
            <Button type="submit" pending={setCap.isPending}>
              Set cap
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
