"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";

interface DeleteRequestDialogProps {
  id: string;
  onClose: () => void;
  onDeleted?: () => void;
}

export function DeleteRequestDialog({ id, onClose, onDeleted }: DeleteRequestDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.history.delete.mutationOptions({
      onSuccess: () => {
        toast("Request deleted", { description: "No one can read its content anymore.", tone: "good" });
        onClose();
        onDeleted?.();
        return queryClient.invalidateQueries(trpc.history.pathFilter());
      },
    }),
  );
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()}>
      <AlertDialogContent
        title="Delete this request?"
        description={
          <>
            <p>
              From now on no one can read its prompt, answer or metadata. They’re erased after 30 days. This
              can’t be undone.
            </p>
            <p className="mt-2">Its tokens and cost stay in your usage.</p>
            <code className="mt-3 block break-all text-[13px]">{id}</code>
          </>
        }
      >
        {remove.error && <FailureNotice error={remove.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button variant="danger" pending={remove.isPending} onClick={() => remove.mutate({ id })}>
            Delete request
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
