"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { type Member, type Role, roleOptions } from "../_lib/roles";
import { useCustomRoles } from "../_lib/use-custom-roles";
import { countKeys, type KeyDisposition, KeyDispositionField } from "./key-disposition-field";
import { RoleField } from "./role-field";

interface ChangeRoleDialogProps {
  member: Member;
  assignable: Role[];
  onDone: () => void;
}

const allDispositions = ["narrow", "end", "keep"] as const;
/** A member cannot vouch for keys that can do more than their own role. */
const ownDispositions = ["narrow", "end"] as const;

export default function ChangeRoleDialog({ member, assignable, onDone }: ChangeRoleDialogProps) {
  const trpc = useTRPC();
  const current = member.custom_role?.id ?? member.role;
  const [role, setRole] = useState<string>(current);
  const options = roleOptions(assignable, useCustomRoles());
  const label = options.find(({ value }) => value === role)?.label ?? role;
  const [disposition, setDisposition] = useState<KeyDisposition>("narrow");
  const affected = member.keys_beyond[role] ?? 0;
  const change = useMutation(
    trpc.team.changeRole.mutationOptions({
      onSuccess: () => {
        toast(`${member.name}’s role changed to ${label}`, { tone: "good" });
        onDone();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ user_id: member.user_id, role, keys: disposition });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title={`Change ${member.name}’s role`}
        description="Changes take effect within five seconds."
      >
        <form onSubmit={submit} className="grid gap-4">
          {change.error && <FailureNotice error={change.error} />}
          <RoleField value={role} options={options} onChange={setRole} />
          {affected > 0 && (
            <KeyDispositionField
              legend={`${countKeys(affected)} can do more than this role`}
              offered={member.self ? ownDispositions : allDispositions}
              value={disposition}
              onChange={setDisposition}
            />
          )}
          <DialogSubmitFooter disabled={role === current} pending={change.isPending}>
            Change role
          </DialogSubmitFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
