"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast-store";
import { useTRPC } from "../../../_client/trpc";
import type { Session } from "../_lib/session";
import { ConfirmDialog } from "./confirm-dialog";

export function RevokeSessionDialog({ session, onDone }: { session: Session; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.account.sessions.revoke.mutationOptions({
      onSuccess: () => {
        toast(`${session.device} signed out`, { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.account.sessions.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      title={`Sign out ${session.device}?`}
      description="It’s signed out within five seconds and must sign in again. API keys keep working."
      action="Sign out"
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ id: session.id })}
      onDone={onDone}
    />
  );
}
