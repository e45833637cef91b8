"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Dialog } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { ConfirmDialog } from "../../../_components/confirm-dialog";
import { WebhookSecret } from "../../../_components/credentials/webhook-secret";
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
    <ConfirmDialog
      title="Rotate the signing secret?"
      description="You get a new secret. For 24 hours, events are signed with both, so your server won’t reject any while you update it. A secret from an earlier rotation stops working now."
      action="Rotate secret"
      mutation={rotate}
      onConfirm={() => rotate.mutate({ id: endpoint.id })}
      onDone={onDone}
    />
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
    <ConfirmDialog
      danger
      title="Delete this endpoint?"
      description="It receives no more events, and its deliveries are deleted. This can’t be undone. To pause it, disable it instead."
      action="Delete endpoint"
      mutation={remove}
      onConfirm={() => remove.mutate({ id: endpoint.id })}
      onDone={onDone}
    />
  );
}
