"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast-store";
import { fieldError, readFailure } from "../../../../_client/failure";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";

interface SuspensionDialogProps {
  action: "suspend" | "reinstate";
  /** Known already, and shown. */
  subject?: string | undefined;
  onDone: () => void;
}

const labels = {
  suspend: {
    title: "Suspend an account, organization or key?",
    description:
      "All their requests are refused within five seconds. Queued requests fail, unbilled, when their turn comes. Calls already being answered finish. Billing continues. They get an email.",
    hint: "They see it in the email, on their pages and in every error.",
    button: "Suspend",
    toast: "Suspended",
  },
  reinstate: {
    title: "Reinstate?",
    description: "Everything works again within five seconds. They get an email.",
    hint: "For the audit log.",
    button: "Reinstate",
    toast: "Reinstated",
  },
} as const;

export function SuspensionDialog({ action, subject: known, onDone }: SuspensionDialogProps) {
  const trpc = useTRPC();
  const [subject, setSubject] = useState(known ?? "");
  const [reason, setReason] = useState("");
  const { title, description, hint, button, toast: done } = labels[action];
  const onSuccess = () => {
    toast(done, { description: "It takes effect within five seconds.", tone: "good" });
    onDone();
  };
  const suspend = useMutation(trpc.operators.suspend.mutationOptions({ onSuccess }));
  const reinstate = useMutation(trpc.operators.reinstate.mutationOptions({ onSuccess }));
  const call = action === "suspend" ? suspend : reinstate;
  const failure = call.error ? readFailure(call.error) : null;
  const [subjectError, reasonError] = [fieldError(failure, "subject"), fieldError(failure, "reason")];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    call.mutate({ subject: subject.trim(), reason: reason.trim() });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent title={title} description={description}>
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {call.error && !subjectError && !reasonError && <FailureNotice error={call.error} />}
          <Field label="ID or a person’s email" error={subjectError}>
            {(control) => (
              <Input
                {...control}
                required
                readOnly={known !== undefined}
                maxLength={320}
                autoComplete="off"
                spellCheck={false}
                placeholder="usr_…, org_…, key_… or ada@example.com"
                value={subject}
                onChange={(event) => setSubject(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Reason" error={reasonError} hint={hint}>
            {(control) => (
              <Input
                {...control}
                required
                minLength={3}
                maxLength={200}
                autoComplete="off"
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Field>
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button
              type="submit"
              variant={action === "suspend" ? "danger" : "primary"}
              pending={call.isPending}
            >
              {button}
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
