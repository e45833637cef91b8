"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { ConfirmDialog } from "../../../_components/confirm-dialog";

export function RemoveStreamDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.audit.stream.remove.mutationOptions({
      onSuccess: () => {
        toast("Audit stream removed", { tone: "good" });
        onDone();
        return queryClient.resetQueries(trpc.audit.stream.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title="Remove the audit stream?"
      description="Entries that wait aren’t sent anymore. They stay in the audit log. A new stream starts with the next entry. To stop for a while, pause it."
      action="Remove stream"
      mutation={remove}
      onConfirm={() => remove.mutate({})}
      onDone={onDone}
    />
  );
}
