"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Dialog, DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
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
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Rotate ${app.name}’s secret?`}
        description="You get a new client secret. The current one keeps working for 24 hours, so you can update your servers. A secret from an earlier rotation stops working now."
      >
        {rotate.error && <FailureNotice error={rotate.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button pending={rotate.isPending} onClick={() => rotate.mutate({ id: app.id })}>
            Rotate secret
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
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
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Delete ${app.name}?`}
        description="No one can connect to it anymore, and everyone who has is disconnected within five seconds. This can’t be undone."
      >
        {remove.error && <FailureNotice error={remove.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button variant="danger" pending={remove.isPending} onClick={() => remove.mutate({ id: app.id })}>
            Delete app
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
