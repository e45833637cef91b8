"use client";

import { Crown, Ellipsis, LogOut, UserCog, UserMinus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Member, Role } from "../_lib/roles";
import { ChangeRoleDialog } from "./change-role-dialog";
import { EndMembershipDialog } from "./end-membership-dialog";
import { TransferOwnershipDialog } from "./transfer-ownership-dialog";

interface MemberActionsProps {
  member: Member;
  givable: Role[];
  lastOwner: boolean;
  /** Whether the reader can hand ownership over. */
  owns: boolean;
}

export function MemberActions({ member, givable, lastOwner, owns }: MemberActionsProps) {
  const [open, setOpen] = useState<"role" | "owner" | "end" | null>(null);
  const close = () => setOpen(null);
  const manageable = givable.includes(member.role) && !lastOwner;
  const leavable = member.self && !lastOwner;
  const heir = owns && !member.self && member.role !== "owner";
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
          {heir && (
            <DropdownMenuItem onSelect={() => setOpen("owner")}>
              <Crown aria-hidden="true" />
              Transfer ownership
            </DropdownMenuItem>
          )}
          <DropdownMenuItem danger onSelect={() => setOpen("end")}>
            {member.self ? <LogOut aria-hidden="true" /> : <UserMinus aria-hidden="true" />}
            {member.self ? "Leave" : "Remove"}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {open === "role" && <ChangeRoleDialog member={member} givable={givable} onDone={close} />}
      {open === "owner" && <TransferOwnershipDialog member={member} onDone={close} />}
      {open === "end" && <EndMembershipDialog member={member} onDone={close} />}
    </>
  );
}
