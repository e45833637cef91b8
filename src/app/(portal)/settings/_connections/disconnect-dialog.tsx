"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { ConfirmDialog } from "../../_components/confirm-dialog";

export type Connection = Outputs["connections"]["list"]["data"][number];

export default function DisconnectDialog({
  connection,
  onDone,
}: {
  connection: Connection;
  onDone: () => void;
}) {
  const { app, organization } = connection;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.connections.revoke.mutationOptions({
      onSuccess: () => {
        toast(`${app.name} disconnected`, { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.connections.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title={`Disconnect ${app.name}?`}
      description={`Within five seconds it can no longer act for you in ${organization.name}. It keeps what it has already read. You can connect it again later.`}
      action="Disconnect"
      mutation={revoke}
      onConfirm={() => revoke.mutate({ app_id: app.id, organization_id: organization.id })}
      onDone={onDone}
    />
  );
}
