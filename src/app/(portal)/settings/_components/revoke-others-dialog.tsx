"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { ConfirmDialog } from "./confirm-dialog";

const counted = (count: number) =>
  count === 1 ? "1 other session signed out" : `${count} other sessions signed out`;

export function RevokeOthersDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.account.sessions.revokeOthers.mutationOptions({
      onSuccess: ({ revoked }) => {
        toast(counted(revoked), { description: "You’re still signed in here.", tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.account.sessions.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      title="Sign out all other sessions?"
      description="All your other browsers and programs are signed out within five seconds and must sign in again. API keys keep working."
      action="Sign out all others"
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({})}
      onDone={onDone}
    />
  );
}
