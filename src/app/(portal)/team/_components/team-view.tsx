"use client";

import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogTrigger } from "@/components/ui/dialog";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { roleLabel, rolesToGive } from "../_lib/roles";
import { InvitationTable } from "./invitation-table";
import { InviteDialog } from "./invite-dialog";
import { MemberTable } from "./member-table";

export function TeamView() {
  const trpc = useTRPC();
  const [inviting, setInviting] = useState(false);
  const team = useQuery(trpc.team.list.queryOptions());
  const mine = team.data?.members.find(({ self }) => self)?.role;
  const givable = rolesToGive(mine);

  return (
    <Dialog open={inviting} onOpenChange={setInviting}>
      <PageHeader
        title="Team"
        actions={
          givable.length > 0 && (
            <DialogTrigger asChild>
              <Button>
                <UserPlus aria-hidden="true" />
                Invite member
              </Button>
            </DialogTrigger>
          )
        }
      >
        Everyone here shares the same keys, requests and bill. Roles set what each member can do.
        {mine !== undefined && givable.length === 0 && (
          <> Yours is {roleLabel(mine)}; owners and admins invite members and change roles.</>
        )}
      </PageHeader>
      {team.isPending && <TeamSkeleton />}
      {team.isError && (
        <FailureNotice
          error={team.error}
          title="Couldn’t load the team"
          action={
            <Button variant="secondary" size="sm" onClick={() => void team.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {team.data && (
        <div className="grid gap-10">
          <MemberTable members={team.data.members} givable={givable} />
          {team.data.invitations.length > 0 && (
            <InvitationTable invitations={team.data.invitations} mayRevoke={givable.length > 0} />
          )}
        </div>
      )}
      <InviteDialog givable={givable} onDone={() => setInviting(false)} />
    </Dialog>
  );
}

function TeamSkeleton() {
  return (
    <Loading label="Loading the team" className="grid gap-px overflow-hidden rounded-lg border bg-line">
      {[0, 1].map((row) => (
        <div key={row} className="grid gap-2 bg-surface p-4">
          <Skeleton className="w-40" />
          <Skeleton className="w-56" />
        </div>
      ))}
    </Loading>
  );
}
