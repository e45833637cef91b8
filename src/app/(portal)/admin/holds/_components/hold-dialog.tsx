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

interface HoldDialogProps {
  action: "place" | "release";
  /** Known already, and shown. */
  subject?: string | undefined;
  onDone: () => void;
}

const labels = {
  place: {
    title: "Place a legal hold?",
    description:
      "Erasing is accepted and waits, and requests are kept beyond their retention. A person’s hold covers their personal organization.",
    button: "Place hold",
    toast: "Hold placed",
  },
  release: {
    title: "Release this hold?",
    description:
      "What waited for it is erased at the next run, within minutes. This can’t be undone once it has run.",
    button: "Release hold",
    toast: "Hold released",
  },
} as const;

export function HoldDialog({ action, subject: known, onDone }: HoldDialogProps) {
  const trpc = useTRPC();
  const [subject, setSubject] = useState(known ?? "");
  const [reason, setReason] = useState("");
  const { title, description, button, toast: done } = labels[action];
  const onSuccess = () => {
    toast(done, { tone: "good" });
    onDone();
  };
  const place = useMutation(trpc.operators.placeHold.mutationOptions({ onSuccess }));
  const release = useMutation(trpc.operators.releaseHold.mutationOptions({ onSuccess }));
  const call = action === "place" ? place : release;
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
          <Field label="ID of a person or organization" error={subjectError}>
            {(control) => (
              <Input
                {...control}
                required
                readOnly={known !== undefined}
                maxLength={60}
                autoComplete="off"
                spellCheck={false}
                placeholder="usr_… or org_…"
                value={subject}
                onChange={(event) => setSubject(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Reason" error={reasonError} hint="The case, by its reference. Only operators see it.">
            {(control) => (
              <Input
                {...control}
                required
                minLength={3}
                maxLength={500}
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
              variant={action === "place" ? "primary" : "danger"}
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
