"use client";

import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type Member, type Role, roleLabel } from "../_lib/roles";
import { MemberActions } from "./member-actions";

export function MemberTable({ members, assignable }: { members: Member[]; assignable: Role[] }) {
  const owns = members.some(({ self, role }) => self && role === "owner");
  const owners = members.filter(({ role }) => role === "owner").length;
  return (
    <Table>
      <caption className="sr-only">Members of your organization</caption>
      <TableHead>
        <tr>
          <TableHeader>Member</TableHeader>
          <TableHeader>Role</TableHeader>
          <TableHeader className="hidden md:table-cell">Joined</TableHeader>
          <TableHeader>
            <span className="sr-only">Actions</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {members.map((member) => (
          <TableRow key={member.user_id}>
            <TableCell>
              <span className="flex flex-wrap items-center gap-2">
                <span className="break-words font-medium">{member.name}</span>
                {member.self && <Badge>you</Badge>}
              </span>
              <span className="mt-0.5 block break-all text-[13px] text-muted">{member.email}</span>
            </TableCell>
            <TableCell>
              <Badge tone={member.role === "owner" ? "accent" : "outline"}>{roleLabel(member.role)}</Badge>
            </TableCell>
            <TableCell className="hidden whitespace-nowrap md:table-cell">
              <RelativeTime iso={member.joined_at} />
            </TableCell>
            <TableCell className="w-px text-right">
              <MemberActions
                member={member}
                assignable={assignable}
                owns={owns}
                lastOwner={member.role === "owner" && owners === 1}
              />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
