"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";

type Retention = Outputs["retention"]["get"];

interface RetentionFormProps {
  stored: Retention;
  readOnly: boolean;
  onSaved: () => void;
}

const LONGEST = { history: 90, archive: 365 } as const;

export function RetentionForm({ stored, readOnly, onSaved }: RetentionFormProps) {
  const [history, setHistory] = useState(String(stored.retention_days));
  const [archive, setArchive] = useState(String(stored.archive_days));
  const [asking, setAsking] = useState(false);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.retention.update.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.retention.get.queryKey(), saved);
        setAsking(false);
        toast("Retention changed", { tone: "good" });
        onSaved();
      },
    }),
  );
  const days = { history: daysIn(history, LONGEST.history), archive: daysIn(archive, LONGEST.archive) };
  const keepsNothing = days.history === 0;
  const wanted =
    days.history === undefined || days.archive === undefined
      ? undefined
      : { retention_days: days.history, archive_days: keepsNothing ? 0 : days.archive };
  const isChanged =
    wanted !== undefined &&
    (wanted.retention_days !== stored.retention_days || wanted.archive_days !== stored.archive_days);
  const isShorter =
    wanted !== undefined &&
    (wanted.retention_days < stored.retention_days ||
      wanted.retention_days + wanted.archive_days < stored.retention_days + stored.archive_days);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged || wanted === undefined) return;
    if (isShorter) setAsking(true);
    else update.mutate(wanted);
  };
  const field = (
    label: string,
    value: string,
    onChange: (text: string) => void,
    most: number,
    hint: string,
  ) => (
    <Field
      label={label}
      hint={hint}
      error={daysIn(value, most) === undefined ? `Enter a whole number from 0 to ${most}.` : undefined}
    >
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          autoComplete="off"
          className="max-w-32"
          readOnly={readOnly}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
  return (
    <form onSubmit={submit} method="post" noValidate className="grid max-w-prose gap-4">
      {update.error && !asking && <FailureNotice error={update.error} />}
      {field(
        "Days in the history",
        history,
        setHistory,
        LONGEST.history,
        keepsNothing
          ? "Nothing is kept. A queued request’s answer can be fetched for an hour."
          : "Up to 90. With 0, nothing is kept.",
      )}
      {!keepsNothing &&
        field(
          "Days in the archive after that",
          archive,
          setArchive,
          LONGEST.archive,
          "Up to 365. Archived requests are encrypted and found by ID.",
        )}
      {!readOnly && (
        <Button type="submit" className="w-fit" disabled={!isChanged} pending={update.isPending && !asking}>
          Save retention
        </Button>
      )}
      {asking && wanted && (
        <AlertDialog open onOpenChange={(open) => !open && setAsking(false)}>
          <AlertDialogContent
            title="Keep requests for less time?"
            description="Prompts and answers that are older than the new period are deleted within 15 minutes. This can’t be undone. Cost and usage stay."
          >
            <div className="mt-5 grid gap-4">
              {update.error && <FailureNotice error={update.error} />}
              <DialogFooter>
                <AlertDialogCancel asChild>
                  <Button variant="ghost">Cancel</Button>
                </AlertDialogCancel>
                <Button variant="danger" pending={update.isPending} onClick={() => update.mutate(wanted)}>
                  Keep for less time
                </Button>
              </DialogFooter>
            </div>
          </AlertDialogContent>
        </AlertDialog>
      )}
    </form>
  );
}

function daysIn(text: string, most: number): number | undefined {
  if (!/^\d{1,3}$/.test(text.trim())) return undefined;
  const days = Number(text);
  return days <= most ? days : undefined;
}
