"use client";

import { useMutation } from "@tanstack/react-query";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../client/failure-notice";
import { useTRPC } from "../../client/trpc";
import type { Member } from "./roles";
import { useRefreshTeam } from "./use-refresh-team";

/** Removing somebody else, or leaving oneself. */
export function EndMembershipDialog({ member, onDone }: { member: Member; onDone: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const remove = useMutation(
    trpc.team.remove.mutationOptions({
      onSuccess: () => {
        toast(`${member.name} is no longer a member`, { tone: "good" });
        onDone();
        return refresh();
      },
    }),
  );
  const leave = useMutation(
    // A full load: everything on the page belongs to the organization just left.
    trpc.team.leave.mutationOptions({ onSuccess: () => location.assign("/") }),
  );
  const action = member.self ? leave : remove;
  const submit = () => (member.self ? leave.mutate({}) : remove.mutate({ user_id: member.user_id }));

  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={member.self ? "Leave this organization?" : `Remove ${member.name}?`}
        description={
          member.self
            ? "You lose access to its keys, requests and usage. To come back you need a new invitation."
            : "They lose access within five seconds. Keys they made belong to the organization and go on working: revoke those they may have kept."
        }
      >
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
