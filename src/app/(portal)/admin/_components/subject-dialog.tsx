"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";

interface SubjectDialogProps {
  words: { title: string; description: string; button: string };
  danger: boolean;
  /** `known` is filled in, and cannot be changed. */
  subject: { label: string; placeholder: string; maxLength: number; known?: string | undefined };
  reason: { hint: string; maxLength: number };
  call: { mutate: (input: { subject: string; reason: string }) => void; error: unknown; isPending: boolean };
  onClose: () => void;
}

/** Asks which person, organization or key something is done to, and why. */
export function SubjectDialog({ words, danger, subject, reason, call, onClose }: SubjectDialogProps) {
  const [who, setWho] = useState(subject.known ?? "");
  const [why, setWhy] = useState("");
  const failure = call.error ? readFailure(call.error) : null;
  const [subjectError, reasonError] = [fieldError(failure, "subject"), fieldError(failure, "reason")];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    call.mutate({ subject: who.trim(), reason: why.trim() });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()}>
      <AlertDialogContent title={words.title} description={words.description}>
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {call.error !== null && !subjectError && !reasonError && <FailureNotice error={call.error} />}
          <Field label={subject.label} error={subjectError}>
            {(control) => (
              <Input
                {...control}
                required
                readOnly={subject.known !== undefined}
                maxLength={subject.maxLength}
                autoComplete="off"
                spellCheck={false}
                placeholder={subject.placeholder}
                value={who}
                onChange={(event) => setWho(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Reason" error={reasonError} hint={reason.hint}>
            {(control) => (
              <Input
                {...control}
                required
                minLength={3}
                maxLength={reason.maxLength}
                autoComplete="off"
                value={why}
                onChange={(event) => setWhy(event.currentTarget.value)}
              />
            )}
          </Field>
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button type="submit" variant={danger ? "danger" : "primary"} pending={call.isPending}>
              {words.button}
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
