"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { TypedName } from "../../../_components/typed-name";
import type { Key } from "../../_lib/key";
import { useRefreshKeys } from "../../_lib/key-queries";

export function RevokeKeyDialog({ apiKey, onDone }: { apiKey: Key; onDone: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshKeys();
  const [typed, setTyped] = useState("");
  const revoke = useMutation(
    trpc.keys.revoke.mutationOptions({
      onSuccess: () => {
        toast(`${apiKey.name} revoked`, {
          description: "It stops working everywhere within five seconds.",
          tone: "good",
        });
        onDone();
        return refresh();
      },
    }),
  );
  const named = typed.trim() === apiKey.name.trim();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (named) revoke.mutate({ id: apiKey.id });
  };

  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Revoke ${apiKey.name}?`}
        description="Requests with this key will be refused. This can’t be undone. To replace it without downtime, rotate it."
      >
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {revoke.error && <FailureNotice error={revoke.error} />}
          <TypedName name={apiKey.name} value={typed} onChange={setTyped} />
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button type="submit" variant="danger" disabled={!named} pending={revoke.isPending}>
              Revoke key
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
