"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../_client/failure";
import { useTRPC } from "../../../_client/trpc";
import { Section } from "../../_components/section";
import { type Invitation, roleNameOf } from "../_lib/roles";

interface InvitationTableProps {
  invitations: Invitation[];
  mayRevoke: boolean;
}

export function InvitationTable({ invitations, mayRevoke }: InvitationTableProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.team.revokeInvitation.mutationOptions({
      onSuccess: () => {
        toast("Invitation revoked", { description: "Its link no longer works.", tone: "good" });
      },
      onError: (error) =>
        toast("Couldn’t revoke the invitation", { description: readFailure(error).message, tone: "danger" }),
      onSettled: () => queryClient.invalidateQueries(trpc.team.pathFilter()),
    }),
  );
  const columns: Column<Invitation>[] = [
    {
      name: "Email",
      cell: (invitation) => (
        <>
          <span className="block break-all font-medium">{invitation.email}</span>
          <span className="mt-0.5 block text-[13px] text-muted">
            <span className="sm:hidden">{roleNameOf(invitation)} · </span>
            {invitation.status === "expired" ? "Expired" : "Expires"}{" "}
            <RelativeTime iso={invitation.expires_at} />
          </span>
        </>
      ),
    },
    {
      name: "Role",
      from: "sm",
      cell: (invitation) => <Badge tone="outline">{roleNameOf(invitation)}</Badge>,
    },
    {
      name: "Sent",
      from: "md",
      className: "whitespace-nowrap",
      cell: ({ created_at, invited_by }) => (
        <>
          <RelativeTime iso={created_at} />
          {invited_by && <span className="text-muted"> by {invited_by}</span>}
        </>
      ),
    },
    {
      name: "Actions",
      kind: "actions",
      cell: ({ id, email }) =>
        mayRevoke && (
          <Button
            variant="ghost"
            size="sm"
            aria-label={`Revoke invitation for ${email}`}
            pending={revoke.isPending && revoke.variables.id === id}
            onClick={() => revoke.mutate({ id })}
          >
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <Section id="invitations" title="Invitations">
      <ListTable caption="Pending invitations" columns={columns} rows={invitations} rowKey={({ id }) => id} />
    </Section>
  );
}
