"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { toast } from "@/components/ui/toast-store";
import { readFailure } from "../../../_client/failure";
import { useTRPC } from "../../../_client/trpc";
import { type Invitation, roleLabel } from "../_lib/roles";

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
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations" className="mb-3 font-semibold text-base">
        Invitations
      </h2>
      <Table>
        <caption className="sr-only">Pending invitations</caption>
        <TableHead>
          <tr>
            <TableHeader>Email</TableHeader>
            <TableHeader>Role</TableHeader>
            <TableHeader className="hidden md:table-cell">Sent</TableHeader>
            <TableHeader>
              <span className="sr-only">Actions</span>
            </TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {invitations.map((invitation) => (
            <TableRow key={invitation.id}>
              <TableCell>
                <span className="block break-all font-medium">{invitation.email}</span>
                <span className="mt-0.5 block text-[13px] text-muted">
                  {invitation.status === "expired" ? "Expired" : "Expires"}{" "}
                  <RelativeTime iso={invitation.expires_at} />
                </span>
              </TableCell>
              <TableCell>
                <Badge tone="outline">{roleLabel(invitation.role)}</Badge>
              </TableCell>
              <TableCell className="hidden whitespace-nowrap md:table-cell">
                <RelativeTime iso={invitation.created_at} />
                {invitation.invited_by && <span className="text-muted"> by {invitation.invited_by}</span>}
              </TableCell>
              <TableCell className="w-px text-right">
                {mayRevoke && (
                  <Button
                    variant="ghost"
                    size="sm"
                    aria-label={`Revoke invitation for ${invitation.email}`}
                    pending={revoke.isPending && revoke.variables.id === invitation.id}
                    onClick={() => revoke.mutate({ id: invitation.id })}
                  >
                    Revoke
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}
