"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../_client/failure-notice";

interface ConfirmByNameDialogProps {
  /** A question that names the object. */
  title: string;
  /** What stops, what stays, and whether it can be undone. */
  description: ReactNode;
  /** The text to type. */
  name: string;
  isNamed?: (typed: string) => boolean;
  /** The button: the title's verb and object. */
  action: string;
  mutation: { isPending: boolean; isSuccess: boolean; error: unknown };
  onConfirm: (typed: string) => void;
  onDone: () => void;
  /** Other choices, above the name. */
  children?: ReactNode;
}

/** Asks for the object's name before a destructive call, so that a slip cannot confirm it. */
export function ConfirmByNameDialog({
  title,
  description,
  name,
  isNamed = (typed) => typed.trim() === name.trim(),
  action,
  mutation,
  onConfirm,
  onDone,
  children,
}: ConfirmByNameDialogProps) {
  const [typed, setTyped] = useState("");
  const named = isNamed(typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (named) onConfirm(typed);
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent title={title} description={description}>
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {mutation.error !== null && <FailureNotice error={mutation.error} />}
          {children}
          <Field label={`Type ${name} to confirm`}>
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
          <DialogFooter className="mt-2">
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button
              type="submit"
              variant="danger"
              disabled={!named}
              pending={mutation.isPending || mutation.isSuccess}
            >
              {action}
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
