"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { ConfirmByNameDialog } from "../../_components/confirm-by-name-dialog";
import type { Member } from "../_lib/roles";

export default function TransferOwnershipDialog({ member, onDone }: { member: Member; onDone: () => void }) {
  const trpc = useTRPC();
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
  return (
    <ConfirmByNameDialog
      title={`Transfer ownership to ${member.name}?`}
      description={`${member.name} will control members, keys, billing and deletion. You become an admin. Only the new owner can undo this. We’ll email you both.`}
      name={name ?? ""}
      isNamed={(typed) => typed.trim() === name}
      action="Transfer ownership"
      mutation={transfer}
      onConfirm={(typed) => transfer.mutate({ user_id: member.user_id, organization_name: typed })}
      onDone={onDone}
    />
  );
}
