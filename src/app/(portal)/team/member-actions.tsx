"use client";

import { Ellipsis, LogOut, UserCog, UserMinus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { ChangeRoleDialog } from "./change-role-dialog";
import { EndMembershipDialog } from "./end-membership-dialog";
import type { Member, Role } from "./roles";

interface MemberActionsProps {
  member: Member;
  givable: Role[];
  lastOwner: boolean;
}

export function MemberActions({ member, givable, lastOwner }: MemberActionsProps) {
  const [open, setOpen] = useState<"role" | "end" | null>(null);
  const close = () => setOpen(null);
  const manageable = givable.includes(member.role) && !lastOwner;
  const leavable = member.self && !lastOwner;
  if (!manageable && !leavable) return null;
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${member.name}`}>
            <Ellipsis aria-hidden="true" />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {manageable && (
            <DropdownMenuItem onSelect={() => setOpen("role")}>
              <UserCog aria-hidden="true" />
              Change role
            </DropdownMenuItem>
          )}
          <DropdownMenuItem danger onSelect={() => setOpen("end")}>
            {member.self ? <LogOut aria-hidden="true" /> : <UserMinus aria-hidden="true" />}
            {member.self ? "Leave" : "Remove"}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {open === "role" && <ChangeRoleDialog member={member} givable={givable} onDone={close} />}
      {open === "end" && <EndMembershipDialog member={member} onDone={close} />}
    </>
  );
}
