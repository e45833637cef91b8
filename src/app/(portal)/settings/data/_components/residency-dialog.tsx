"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { listOf } from "../_lib/providers-in-eu";

/** Says what changes before it does. */
export function ResidencyDialog({
  policy,
  onDone,
}: {
  policy: Outputs["dataPolicy"]["get"];
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toEu = policy.residency === null;
  const update = useMutation(
    trpc.dataPolicy.update.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.dataPolicy.get.queryKey(), saved);
        toast(toEu ? "Requests stay in the EU" : "Requests may go to any region", {
          description: "It takes effect within five seconds.",
          tone: "good",
        });
        onDone();
        return queryClient.invalidateQueries(trpc.models.pathFilter());
      },
    }),
  );
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={toEu ? "Keep requests in the EU?" : "Allow any region?"}
        description={
          toEu ? (
            <ul className="grid list-disc gap-1 pl-4">
              <li>Requests go to endpoints in the EU only: {listOf(policy)}.</li>
              <li>
                All other models are refused, also as fallbacks and in test mode. Queued requests to them
                fail, unbilled.
              </li>
              <li>
                Your own provider keys are used in the EU only, so they need a project with EU residency
                there.
              </li>
            </ul>
          ) : (
            "Prompts and answers may be processed outside of the EU again, by every provider you call."
          )
        }
      >
        <div className="mt-5 grid gap-4">
          {update.error && <FailureNotice error={update.error} />}
          <DialogFooter>
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button
              pending={update.isPending}
              onClick={() => update.mutate({ residency: toEu ? "eu" : null })}
            >
              {toEu ? "Keep requests in the EU" : "Allow any region"}
            </Button>
          </DialogFooter>
        </div>
      </AlertDialogContent>
    </AlertDialog>
  );
}
