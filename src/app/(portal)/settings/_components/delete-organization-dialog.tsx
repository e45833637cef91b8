"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../_client/failure-notice";
import { enterOrganization } from "../../../_client/organization-tabs";
import { useTRPC } from "../../../_client/trpc";
import { TypedName } from "../../_components/typed-name";

export default function DeleteOrganizationDialog({ name, onDone }: { name: string; onDone: () => void }) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState("");
  const [now, setNow] = useState(false);
  const remove = useMutation(
    // A full load: everything on the page belongs to the organization that is gone.
    trpc.team.deleteOrganization.mutationOptions({
      onSuccess: () => enterOrganization(),
      meta: { refreshes: false },
    }),
  );
  const named = typed.trim() === name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (named) remove.mutate({ organization_name: typed, erase_now: now });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Delete ${name}?`}
        description={
          <ul className="grid list-disc gap-1 pl-4">
            <li>Its keys stop working within five seconds. Running requests finish.</li>
            <li>Its subscription ends now; there is no refund for the rest of the period.</li>
            <li>All members lose access and move to another of their organizations.</li>
            <li>
              {now
                ? "The key to its data is destroyed at once. This can’t be undone."
                : "Its data is kept, encrypted, for 30 days, after which no one can read it."}
            </li>
          </ul>
        }
      >
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {remove.error && <FailureNotice error={remove.error} />}
          <label className="flex items-start gap-2.5">
            <input
              type="checkbox"
              className="mt-1 size-4 shrink-0 accent-accent"
              checked={now}
              onChange={(event) => setNow(event.currentTarget.checked)}
            />
            Erase its data now, instead of in 30 days
          </label>
          <TypedName name={name} value={typed} onChange={setTyped} />
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button
              type="submit"
              variant="danger"
              disabled={!named}
              pending={remove.isPending || remove.isSuccess}
            >
              Delete organization
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
