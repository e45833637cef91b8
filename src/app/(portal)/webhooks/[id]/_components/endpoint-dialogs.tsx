"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Dialog, DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { WebhookSecret } from "../../_components/webhook-secret";
import type { Endpoint } from "../../_lib/types";

interface DialogProps {
  endpoint: Endpoint;
  onDone: () => void;
}

export function RotateSecretDialog({ endpoint, onDone }: DialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rotate = useMutation(
    trpc.webhooks.rotateSecret.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.webhooks.pathFilter()),
    }),
  );
  if (rotate.data) {
    return (
      <Dialog open>
        <WebhookSecret
          title="Secret rotated"
          secret={rotate.data.secret}
          note="For 24 hours, events are also signed with the previous secret."
          onDone={onDone}
        />
      </Dialog>
    );
  }
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title="Rotate the signing secret?"
        description="You get a new secret. For 24 hours, events are signed with both, so your server won’t reject any while you update it. A secret from an earlier rotation stops working now."
      >
        {rotate.error && <FailureNotice error={rotate.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button pending={rotate.isPending} onClick={() => rotate.mutate({ id: endpoint.id })}>
            Rotate secret
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

export function DeleteEndpointDialog({ endpoint, onDone }: DialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.webhooks.delete.mutationOptions({
      onSuccess: () => {
        toast("Endpoint deleted", { tone: "good" });
        router.push("/webhooks");
        return queryClient.invalidateQueries(trpc.webhooks.list.pathFilter());
      },
    }),
  );
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title="Delete this endpoint?"
        description="It receives no more events, and its deliveries are deleted. This can’t be undone. To pause it, disable it instead."
      >
        {remove.error && <FailureNotice error={remove.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button
            variant="danger"
            pending={remove.isPending}
            onClick={() => remove.mutate({ id: endpoint.id })}
          >
            Delete endpoint
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
