"use client";

import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Button } from "@/components/ui/button";
import { Dialog, DialogTrigger } from "@/components/ui/overlays/dialog";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import { roleLabel, rolesToAssign } from "../_lib/roles";
import { InvitationTable } from "./invitation-table";
import { MemberTable } from "./member-table";

const InviteDialog = dynamic(() => import("./invite-dialog"), { ssr: false });

export function TeamView() {
  const trpc = useTRPC();
  const [inviting, setInviting] = useState(false);
  const team = useQuery(trpc.team.list.queryOptions());
  const myRole = team.data?.members.find(({ self }) => self)?.role;
  const assignable = rolesToAssign(myRole);

  return (
    <Dialog open={inviting} onOpenChange={setInviting}>
      <PageHeader
        title="Team"
        actions={
          assignable.length > 0 && (
            <DialogTrigger asChild>
              <Button>
                <UserPlus aria-hidden="true" />
                Invite member
              </Button>
            </DialogTrigger>
          )
        }
      >
        Everyone here shares the same keys, requests and bill.{" "}
        <Link href="/team/roles" className="text-accent underline underline-offset-4">
          Roles
        </Link>{" "}
        set what each member can do.
        {myRole !== undefined && assignable.length === 0 && (
          <> Yours is {roleLabel(myRole)}; owners and admins invite members and change roles.</>
        )}
      </PageHeader>
      {team.isPending && <ListSkeleton label="Loading the team" rows={2} />}
      {team.isError && <RetryNotice query={team} title="Couldn’t load the team" />}
      {team.data && (
        <div className="grid gap-10">
          <MemberTable members={team.data.members} assignable={assignable} />
          {team.data.invitations.length > 0 && (
            <InvitationTable invitations={team.data.invitations} mayRevoke={assignable.length > 0} />
          )}
        </div>
      )}
      {inviting && <InviteDialog assignable={assignable} onDone={() => setInviting(false)} />}
    </Dialog>
  );
}
