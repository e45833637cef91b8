"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { enterOrganization } from "../../../_client/organization-tabs";
import { useTRPC } from "../../../_client/trpc";
import type { Member } from "../_lib/roles";
import { countKeys, KeyDispositionField } from "./key-disposition-field";

/** Removes another member, or leaves the organization. */
export default function EndMembershipDialog({ member, onDone }: { member: Member; onDone: () => void }) {
  const trpc = useTRPC();
  const [disposition, setDisposition] = useState<"end" | "keep">("end");
  const remove = useMutation(
    trpc.team.remove.mutationOptions({
      onSuccess: () => {
        toast(`${member.name} removed`, { tone: "good" });
        onDone();
      },
    }),
  );
  const leave = useMutation(
    // A full load: everything on the page belongs to the organization just left.
    trpc.team.leave.mutationOptions({ onSuccess: () => enterOrganization(), meta: { refreshes: false } }),
  );
  const action = member.self ? leave : remove;
  const submit = () =>
    member.self ? leave.mutate({}) : remove.mutate({ user_id: member.user_id, keys: disposition });

  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={member.self ? "Leave this organization?" : `Remove ${member.name}?`}
        description={
          member.self
            ? `You lose access to its keys, requests and usage.${keysLost(member.keys)} To come back, you’ll need a new invitation.`
            : "They lose access within five seconds. Invitations they sent are revoked. To come back, they’ll need a new one."
        }
      >
        {!member.self && member.keys > 0 && (
          <div className="mt-4">
            <KeyDispositionField
              legend={`${countKeys(member.keys)} they created`}
              offered={["end", "keep"]}
              value={disposition}
              onChange={setDisposition}
            />
          </div>
        )}
        {action.error && <FailureNotice error={action.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button variant="danger" pending={action.isPending || action.isSuccess} onClick={submit}>
            {member.self ? "Leave organization" : "Remove member"}
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

/** A member who stays can rotate a key first: the replacement is theirs. */
function keysLost(keys: number): string {
  if (keys === 0) return "";
  const [which, them] =
    keys === 1
      ? ["The key you created is revoked", "it"]
      : [`The ${keys} keys you created are revoked`, "one"];
  return ` ${which}. To keep ${them} working, ask an owner to rotate it first.`;
}
