"use client";

import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { FailureNotice } from "../../../_client/failure-notice";

interface ConfirmDialogProps {
  title: string;
  description: string;
  /** The verb on the button. */
  action: string;
  pending: boolean;
  error: unknown;
  onConfirm: () => void;
  onDone: () => void;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, description, action, pending, error, onConfirm, onDone } = props;
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent title={title} description={description}>
        {error ? <FailureNotice error={error} className="mt-4" /> : null}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button variant="danger" pending={pending} onClick={onConfirm}>
            {action}
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
