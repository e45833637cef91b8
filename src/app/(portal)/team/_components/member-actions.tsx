"use client";

import { Crown, Ellipsis, LogOut, UserCog, UserMinus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/overlays/dropdown-menu";
import type { Member, Role } from "../_lib/roles";

const ChangeRoleDialog = dynamic(() => import("./change-role-dialog"));
const EndMembershipDialog = dynamic(() => import("./end-membership-dialog"));
const TransferOwnershipDialog = dynamic(() => import("./transfer-ownership-dialog"));

interface MemberActionsProps {
  member: Member;
  assignable: Role[];
  lastOwner: boolean;
  /** Whether the reader is an owner, who can transfer ownership. */
  owns: boolean;
}

export function MemberActions({ member, assignable, lastOwner, owns }: MemberActionsProps) {
  const [open, setOpen] = useState<"role" | "owner" | "end" | null>(null);
  const close = () => setOpen(null);
  const manageable = assignable.includes(member.role) && !lastOwner;
  const leavable = member.self && !lastOwner;
  const canOwn = owns && !member.self && member.role !== "owner";
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
          {canOwn && (
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
      {open === "role" && <ChangeRoleDialog member={member} assignable={assignable} onDone={close} />}
      {open === "owner" && <TransferOwnershipDialog member={member} onDone={close} />}
      {open === "end" && <EndMembershipDialog member={member} onDone={close} />}
    </>
  );
}
