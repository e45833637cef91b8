"use client";

import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../_client/failure-notice";

interface ConfirmDialogProps {
  /** A question that names the object. */
  title: string;
  /** What stops, what stays, and whether it can be undone. */
  description: ReactNode;
  /** The button: the title's verb and object. */
  action: string;
  danger?: boolean;
  mutation: { isPending: boolean; error: unknown };
  onConfirm: () => void;
  onDone: () => void;
}

/** Asks before one call is sent. It stays open, with the error, when the call fails. */
export function ConfirmDialog({ title, description, action, danger, mutation, ...on }: ConfirmDialogProps) {
  return (
    <AlertDialog open onOpenChange={(open) => !open && on.onDone()}>
      <AlertDialogContent title={title} description={description}>
        {mutation.error != null && <FailureNotice error={mutation.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button variant={danger ? "danger" : "primary"} pending={mutation.isPending} onClick={on.onConfirm}>
            {action}
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
