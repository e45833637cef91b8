"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { TypedName } from "../../_components/typed-name";
import type { Member } from "../_lib/roles";

export default function TransferOwnershipDialog({ member, onDone }: { member: Member; onDone: () => void }) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState("");
  const me = useQuery(trpc.account.me.queryOptions());
  const name = me.data?.organization.name;
  const transfer = useMutation(
    trpc.team.transferOwnership.mutationOptions({
      onSuccess: () => {
        toast(`Ownership transferred to ${member.name}`, {
          description: "You’re now an admin.",
          tone: "good",
        });
        onDone();
      },
    }),
  );
  const named = name !== undefined && typed.trim() === name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (named) transfer.mutate({ user_id: member.user_id, organization_name: typed });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Transfer ownership to ${member.name}?`}
        description={`${member.name} will control members, keys, billing and deletion. You become an admin. Only the new owner can undo this. We’ll email you both.`}
      >
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {transfer.error && <FailureNotice error={transfer.error} />}
          <TypedName name={name ?? ""} value={typed} onChange={setTyped} />
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button type="submit" variant="danger" disabled={!named} pending={transfer.isPending}>
              Transfer ownership
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
