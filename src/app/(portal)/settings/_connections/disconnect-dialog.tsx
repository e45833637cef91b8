"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../_client/trpc";

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
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Disconnect ${app.name}?`}
        description={`Within five seconds it can no longer act for you in ${organization.name}. It keeps what it has already read. You can connect it again later.`}
      >
        {revoke.error && <FailureNotice error={revoke.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button
            variant="danger"
            pending={revoke.isPending}
            onClick={() => revoke.mutate({ app_id: app.id, organization_id: organization.id })}
          >
            Disconnect
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
