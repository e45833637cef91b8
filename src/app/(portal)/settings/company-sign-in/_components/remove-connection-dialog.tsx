"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { ConfirmDialog } from "../../../_components/confirm-dialog";

export function RemoveConnectionDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.companySignIn.remove.mutationOptions({
      onSuccess: () => {
        toast("Connection removed", { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.companySignIn.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title="Remove the connection?"
      description="Nobody can sign in through your company anymore, and nobody has to. Members stay members; those without a password set one with “Forgot password?”."
      action="Remove connection"
      mutation={remove}
      onConfirm={() => remove.mutate({})}
      onDone={onDone}
    />
  );
}
