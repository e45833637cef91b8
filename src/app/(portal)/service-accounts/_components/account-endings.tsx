"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { ConfirmDialog } from "../../_components/confirm-dialog";
import type { ServiceAccount } from "../_lib/account";

interface DialogProps {
  account: ServiceAccount;
  onDone: () => void;
}

export function DisableDialog({ account, disable, onDone }: DialogProps & { disable: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.serviceAccounts.update.mutationOptions({
      onSuccess: () => {
        toast(`${account.name} ${disable ? "disabled" : "enabled"}`, { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.serviceAccounts.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      title={`${disable ? "Disable" : "Enable"} ${account.name}?`}
      description={
        disable
          ? "It gets no new tokens, and requests with those it has are refused within five seconds. You can enable it again."
          : "It can get tokens with its client secret again, and tokens it already has work until they expire."
      }
      action={disable ? "Disable" : "Enable"}
      mutation={update}
      onConfirm={() => update.mutate({ id: account.id, disabled: disable })}
      onDone={onDone}
    />
  );
}

export function DeleteDialog({ account, onDone }: DialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.serviceAccounts.delete.mutationOptions({
      onSuccess: () => {
        toast(`${account.name} deleted`, { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.serviceAccounts.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title={`Delete ${account.name}?`}
      description="Its secret and its tokens stop working within five seconds. Its requests and usage stay. This can’t be undone."
      action="Delete service account"
      mutation={remove}
      onConfirm={() => remove.mutate({ id: account.id })}
      onDone={onDone}
    />
  );
}
