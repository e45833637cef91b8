"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Dialog } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { ConfirmDialog } from "../../_components/confirm-dialog";
import type { App } from "../_lib/app-draft";
import { AppSecret } from "./app-secret";

interface DialogProps {
  app: App;
  onDone: () => void;
}

export function RotateDialog({ app, onDone }: DialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rotate = useMutation(
    trpc.apps.rotateSecret.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.apps.pathFilter()),
    }),
  );
  if (rotate.data) {
    return (
      <Dialog open>
        <AppSecret
          title="Secret rotated"
          clientId={app.id}
          secret={rotate.data.client_secret}
          note="The previous secret keeps working for 24 hours."
          onDone={onDone}
        />
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={`Rotate ${app.name}’s secret?`}
      description="You get a new client secret. The current one keeps working for 24 hours, so you can update your servers. A secret from an earlier rotation stops working now."
      action="Rotate secret"
      mutation={rotate}
      onConfirm={() => rotate.mutate({ id: app.id })}
      onDone={onDone}
    />
  );
}

export function DeleteDialog({ app, onDone }: DialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.apps.delete.mutationOptions({
      onSuccess: () => {
        toast(`${app.name} deleted`, { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.apps.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title={`Delete ${app.name}?`}
      description="No one can connect to it anymore, and everyone who has is disconnected within five seconds. This can’t be undone."
      action="Delete app"
      mutation={remove}
      onConfirm={() => remove.mutate({ id: app.id })}
      onDone={onDone}
    />
  );
}
