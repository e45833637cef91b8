"use client";

import { useMutation } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { ConfirmDialog } from "../../../_components/confirm-dialog";

export type Session = Outputs["account"]["sessions"]["list"]["data"][number];

export function SignOutDialog({ session, onDone }: { session: Session; onDone: () => void }) {
  const trpc = useTRPC();
  const revoke = useMutation(
    trpc.account.sessions.revoke.mutationOptions({
      onSuccess: () => {
        toast(`${session.device} signed out`, { tone: "good" });
        onDone();
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title={`Sign out ${session.device}?`}
      description="It’s signed out within five seconds and must sign in again. API keys keep working."
      action="Sign out"
      mutation={revoke}
      onConfirm={() => revoke.mutate({ id: session.id })}
      onDone={onDone}
    />
  );
}

const counted = (count: number) =>
  count === 1 ? "1 other session signed out" : `${count} other sessions signed out`;

export function SignOutOthersDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const revoke = useMutation(
    trpc.account.sessions.revokeOthers.mutationOptions({
      onSuccess: ({ revoked }) => {
        toast(counted(revoked), { description: "You’re still signed in here.", tone: "good" });
        onDone();
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title="Sign out all other sessions?"
      description="All your other browsers and programs are signed out within five seconds and must sign in again. API keys keep working."
      action="Sign out all others"
      mutation={revoke}
      onConfirm={() => revoke.mutate({})}
      onDone={onDone}
    />
  );
}
