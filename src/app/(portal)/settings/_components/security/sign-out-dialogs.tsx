"use client";

import { useMutation } from "@tanstack/react-query";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";

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

interface ConfirmDialogProps {
  title: string;
  description: string;
  action: string;
  pending: boolean;
  error: unknown;
  onConfirm: () => void;
  onDone: () => void;
}

function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, description, action, pending, error, onConfirm, onDone } = props;
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent title={title} description={description}>
        {error ? <FailureNotice error={error} className="mt-4" /> : null}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button variant="danger" pending={pending} onClick={onConfirm}>
            {action}
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
