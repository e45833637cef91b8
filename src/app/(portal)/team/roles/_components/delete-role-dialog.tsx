"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Select } from "@/components/ui/fields/select";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { roles } from "../../_lib/roles";
import type { CustomRole } from "../_lib/custom-role";

interface DeleteRoleDialogProps {
  role: CustomRole;
  others: readonly CustomRole[];
  onDone: () => void;
}

export default function DeleteRoleDialog({ role, others, onDone }: DeleteRoleDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [replacement, setReplacement] = useState<string>(role.base);
  const remove = useMutation(
    trpc.roles.delete.mutationOptions({
      onSuccess: async () => {
        toast("Role deleted", { tone: "good" });
        onDone();
        await queryClient.invalidateQueries();
      },
    }),
  );
  const choices = [
    ...roles.filter(({ value }) => value !== "owner"),
    ...others.filter(({ id }) => id !== role.id).map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title={`Delete ${role.name}?`}
        description="Members and open invitations that have it get the role below, and keys they created are narrowed to it."
      >
        <div className="mt-4">
          <Field label="Role they get instead">
            {(control) => (
              <Select
                {...control}
                value={replacement}
                onChange={({ currentTarget }) => setReplacement(currentTarget.value)}
              >
                {choices.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        {remove.error && <FailureNotice error={remove.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button
            variant="danger"
            pending={remove.isPending}
            onClick={() => remove.mutate({ id: role.id, replacement })}
          >
            Delete role
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
