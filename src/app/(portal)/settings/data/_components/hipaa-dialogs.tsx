"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Textarea } from "@/components/ui/fields/textarea";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { businessAssociateAgreement } from "@/shared/legal/documents";
import { fieldError, readFailure } from "../../../../_client/failure";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { namesOf } from "../_lib/names-of-providers";

interface Done {
  onDone: () => void;
}

function useChange(title: string, { onDone }: Done) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.hipaa.update.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.hipaa.get.queryKey(), saved);
        toast(title, { description: "It takes effect within five seconds.", tone: "good" });
        onDone();
        return Promise.all([
          queryClient.invalidateQueries(trpc.models.pathFilter()),
          queryClient.invalidateQueries(trpc.retention.pathFilter()),
          queryClient.invalidateQueries(trpc.account.storage.pathFilter()),
        ]);
      },
    }),
  );
}

/** Says what changes before it does, and takes the agreement. */
export function HipaaOnDialog({ mode, onDone }: Done & { mode: Outputs["hipaa"]["get"] }) {
  const [agreed, setAgreed] = useState(false);
  const change = useChange("HIPAA mode turned on", { onDone });
  const { in_force: version } = mode.agreement;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ enabled: true, agreement_version: version });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title="Turn on HIPAA mode?"
        description={
          <ul className="grid list-disc gap-1 pl-4">
            <li>
              Prompts and answers kept so far are erased: history, archive, cached answers and export files.
              This can’t be undone.
            </li>
            <li>
              Nothing is kept from now on. Idempotency keys under /v1, resumable answers, store and the
              response cache aren’t available. The answer to a queued request can be fetched for an hour.
            </li>
            <li>
              {mode.providers_covered.length === 0
                ? "No provider is covered by an agreement yet: all requests are refused."
                : `Requests go to ${namesOf(mode.providers_covered)} only. Other providers are refused, also in test mode.`}
            </li>
            <li>Emails say only that something happened. Reads of your data are in the audit log.</li>
          </ul>
        }
      >
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {change.error && <FailureNotice error={change.error} />}
          <label className="flex items-start gap-2.5">
            <input
              type="checkbox"
              required
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={agreed}
              onChange={(event) => setAgreed(event.currentTarget.checked)}
            />
            <span>
              I accept the{" "}
              <Link
                href={businessAssociateAgreement.path}
                target="_blank"
                className="text-accent underline underline-offset-4"
              >
                business associate agreement
              </Link>{" "}
              (version {version}) for the organization.
            </span>
          </label>
          <DialogFooter>
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button type="submit" disabled={!agreed} pending={change.isPending}>
              Turn on HIPAA mode
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}

export function HipaaOffDialog({ onDone }: Done) {
  const [reason, setReason] = useState("");
  const change = useChange("HIPAA mode turned off", { onDone });
  const reasonError = fieldError(change.error ? readFailure(change.error) : null, "reason");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ enabled: false, reason: reason.trim() });
  };
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title="Turn off HIPAA mode?"
        description="Every provider can be called again, and emails carry details. Nothing is kept until you choose a retention. Don’t send health data from now on."
      >
        <form onSubmit={submit} className="mt-5 grid gap-4">
          {change.error && !reasonError && <FailureNotice error={change.error} />}
          <Field label="Reason" error={reasonError} hint="Members see it.">
            {(control) => (
              <Textarea
                {...control}
                required
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Field>
          <DialogFooter>
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button type="submit" variant="danger" pending={change.isPending}>
              Turn off HIPAA mode
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
