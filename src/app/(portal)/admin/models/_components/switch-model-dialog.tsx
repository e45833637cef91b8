"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { fieldError, readFailure } from "../../../../_client/failure";
import { FailureNotice } from "../../../../_client/failure-notice";
import type { Outputs } from "../../../../_client/trpc";
import { useTRPC } from "../../../../_client/trpc";

export function SwitchModelDialog({ model: { id, on }, onDone }: { model: Model; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const to = on ? "off" : "on";
  const turn = useMutation(
    trpc.operators.switchModel.mutationOptions({
      onSuccess: (models) => {
        queryClient.setQueryData(trpc.operators.models.queryKey(), models);
        void queryClient.invalidateQueries(trpc.models.list.pathFilter());
        toast(`${id} turned ${to}`, { description: "It takes effect within five seconds.", tone: "good" });
        onDone();
      },
    }),
  );
  const failure = turn.error ? readFailure(turn.error) : null;
  const reasonError = fieldError(failure, "reason");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    turn.mutate({ id, on: !on, reason: reason.trim() });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Turn ${to} ${id}?`}
        description={
          on
            ? "New requests to it will be refused for every customer, including requests to retired models it answers for. Running requests finish."
            : "New requests to it will be accepted again."
        }
      >
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {turn.error && !reasonError && <FailureNotice error={turn.error} />}
          <Field label="Reason" error={reasonError} hint="For the audit log. Customers don’t see it.">
            {(control) => (
              <Input
                {...control}
                required
                minLength={3}
                maxLength={200}
                autoComplete="off"
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Field>
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button type="submit" variant={on ? "danger" : "primary"} pending={turn.isPending}>
              Turn {to} model
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}

export type Model = Outputs["operators"]["models"]["data"][number];
