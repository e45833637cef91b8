"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Dialog, DialogContent } from "@/components/ui/overlays/dialog";
import { useTRPC } from "../../../_client/trpc";
import { AccountSecret } from "./account-secret";
import { CreateForm } from "./create-form";

export function CreateDialog({ baseUrl, onDone }: { baseUrl: string; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.serviceAccounts.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.serviceAccounts.pathFilter()),
    }),
  );
  if (create.data) {
    return (
      <Dialog open>
        <AccountSecret
          title={`${create.data.name} created`}
          id={create.data.id}
          secret={create.data.client_secret}
          baseUrl={baseUrl}
          onDone={onDone}
        />
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent title="Create service account" description="Name it after the program that will use it.">
        <CreateForm onSubmit={(input) => create.mutateAsync(input)} onCancel={onDone} />
      </DialogContent>
    </Dialog>
  );
}
