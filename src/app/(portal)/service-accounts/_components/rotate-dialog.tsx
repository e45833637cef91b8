"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Dialog, DialogContent } from "@/components/ui/overlays/dialog";
import { useTRPC } from "../../../_client/trpc";
import { RotateForm } from "../../_components/credentials/rotate-form";
import type { ServiceAccount } from "../_lib/account";
import { AccountSecret } from "./account-secret";

interface RotateDialogProps {
  account: ServiceAccount;
  baseUrl: string;
  onDone: () => void;
}

export function RotateDialog({ account, baseUrl, onDone }: RotateDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rotate = useMutation(
    trpc.serviceAccounts.rotateSecret.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.serviceAccounts.pathFilter()),
    }),
  );
  if (rotate.data) {
    return (
      <Dialog open>
        <AccountSecret
          title={`New secret for ${account.name}`}
          id={account.id}
          secret={rotate.data.client_secret}
          baseUrl={baseUrl}
          onDone={onDone}
        />
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && !rotate.isPending && onDone()}>
      <DialogContent
        title={`Rotate the secret of ${account.name}`}
        description="You get a new client secret. Choose how long the old one keeps working."
      >
        <RotateForm
          noun="secret"
          endsAtOnce="The old secret and every token stop at once."
          action="Rotate secret"
          mutation={rotate}
          onRotate={(grace) => rotate.mutate({ id: account.id, grace })}
          onCancel={onDone}
        />
      </DialogContent>
    </Dialog>
  );
}
