"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { ConfirmDialog } from "./confirm-dialog";

const counted = (count: number) => (count === 1 ? "One session has ended" : `${count} sessions have ended`);

export function RevokeOthersDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.account.sessions.revokeOthers.mutationOptions({
      onSuccess: ({ revoked }) => {
        toast(counted(revoked), { description: "You stay signed in here.", tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.account.sessions.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      title="Revoke all other sessions?"
      description="Every browser and program but this one is signed out within five seconds. API keys keep working."
      action="Revoke all others"
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({})}
      onDone={onDone}
    />
  );
}
