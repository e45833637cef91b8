"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { ConfirmDialog } from "../../_components/confirm-dialog";

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
    <ConfirmDialog
      danger
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
      action="Delete request"
      mutation={remove}
      onConfirm={() => remove.mutate({ id })}
      onDone={onClose}
    />
  );
}
