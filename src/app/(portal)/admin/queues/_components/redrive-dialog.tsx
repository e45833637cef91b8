"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { formatCount } from "@/shared/count";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";

export function RedriveDialog({ dead, onDone }: { dead: number; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const redrive = useMutation(
    trpc.operators.redrive.mutationOptions({
      onSuccess: (redriven) => {
        toast("Dead letters redriven", { description: describe(redriven), tone: "good" });
        void queryClient.invalidateQueries(trpc.operators.queues.pathFilter());
        onDone();
      },
    }),
  );
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Redrive ${formatCount(dead)} dead ${dead === 1 ? "letter" : "letters"}?`}
        description="Messages whose request is still waiting return to its queue. Those whose request has ended are removed. Unreadable ones stay. Nothing runs or is billed twice."
      >
        {redrive.error && <FailureNotice error={redrive.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button pending={redrive.isPending} onClick={() => redrive.mutate({})}>
            Redrive dead letters
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

function describe({ returned, ended, unreadable }: Outputs["operators"]["redrive"]): string {
  return `${formatCount(returned)} sent back, ${formatCount(ended)} already ended, ${formatCount(unreadable)} unreadable.`;
}
