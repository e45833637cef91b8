"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast-store";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import type { Role } from "../_lib/roles";
import { useRefreshTeam } from "../_lib/use-refresh-team";
import { RoleField } from "./role-field";

export function InviteDialog({ givable, onDone }: { givable: Role[]; onDone: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const invite = useMutation(
    trpc.team.invite.mutationOptions({
      onSuccess: (invitation) => {
        toast(`Invitation sent to ${invitation.email}`, {
          description: "The link works for seven days.",
          tone: "good",
        });
        setEmail("");
        onDone();
        return refresh();
      },
    }),
  );
  const failure = invite.error ? readFailure(invite.error) : null;
  const emailError = fieldError(failure, "email");
  const roleError = fieldError(failure, "role");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email: email.trim(), role });
  };
  return (
    <DialogContent title="Invite member" description="We’ll email them a link that works once.">
      <form onSubmit={submit} className="grid gap-4">
        {invite.error && !emailError && !roleError && <FailureNotice error={invite.error} />}
        <Field label="Email" error={emailError}>
          {(control) => (
            <Input
              {...control}
              type="email"
              required
              maxLength={254}
              autoComplete="off"
              value={email}
              onChange={(event) => {
                setEmail(event.currentTarget.value);
                if (invite.isError) invite.reset();
              }}
            />
          )}
        </Field>
        <RoleField value={role} givable={givable} error={roleError} onChange={setRole} />
        <DialogFooter className="mt-2">
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button type="submit" pending={invite.isPending}>
            Send invitation
          </Button>
        </DialogFooter>
      </form>
    </DialogContent>
  );
}
