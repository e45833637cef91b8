"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { TypedName } from "../../../_components/typed-name";

export default function EraseAccountDialog({ email, onDone }: { email: string; onDone: () => void }) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState("");
  const erase = useMutation(
    trpc.erasures.eraseAccount.mutationOptions({
      // A full load: there is no session any more.
      onSuccess: ({ receipt }) => window.location.assign(`/erased#${receipt}`),
      meta: { refreshes: false },
    }),
  );
  const named = typed.trim().toLowerCase() === email.toLowerCase();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (named) erase.mutate({ email: typed });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title="Erase your account?"
        description={
          <ul className="grid list-disc gap-1 pl-4">
            <li>
              The key to your data is destroyed at once. This can’t be undone, and no backup brings it back.
            </li>
            <li>
              Your personal organization is erased with its requests, and its subscription ends without a
              refund.
            </li>
            <li>You leave your other organizations. Keys you created there stop working.</li>
            <li>You’re signed out everywhere. We email you a link to the certificate.</li>
          </ul>
        }
      >
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {erase.error && <FailureNotice error={erase.error} />}
          <TypedName name={email} value={typed} onChange={setTyped} />
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button
              type="submit"
              variant="danger"
              disabled={!named}
              pending={erase.isPending || erase.isSuccess}
            >
              Erase account
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
