"use client";

import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { type Member, type Role, roleNameOf } from "../_lib/roles";
import { MemberActions } from "./member-actions";

export function MemberTable({ members, assignable }: { members: Member[]; assignable: Role[] }) {
  const owns = members.some(({ self, role }) => self && role === "owner");
  const owners = members.filter(({ role }) => role === "owner").length;
  const columns: Column<Member>[] = [
    {
      name: "Member",
      cell: ({ name, self, email, managed }) => (
        <>
          <span className="flex flex-wrap items-center gap-2">
            <span className="break-words font-medium">{name}</span>
            {self && <Badge>you</Badge>}
          </span>
          <span className="mt-0.5 block break-all text-[13px] text-muted">{email}</span>
          {managed && <span className="block text-[13px] text-muted">Managed by your company</span>}
        </>
      ),
    },
    {
      name: "Role",
      cell: (member) => (
        <Badge tone={member.role === "owner" ? "accent" : "outline"}>{roleNameOf(member)}</Badge>
      ),
    },
    {
      name: "Joined",
      from: "md",
      className: "whitespace-nowrap",
      cell: ({ joined_at }) => <RelativeTime iso={joined_at} />,
    },
    {
      name: "Actions",
      kind: "actions",
      cell: (member) => (
        <MemberActions
          member={member}
          assignable={assignable}
          owns={owns}
          lastOwner={member.role === "owner" && owners === 1}
        />
      ),
    },
  ];
  return (
    <ListTable
      caption="Members of your organization"
      columns={columns}
      rows={members}
      rowKey={({ user_id }) => user_id}
    />
  );
}
