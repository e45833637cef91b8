"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { readFailure } from "../../../../../_client/failure";
import { FailureNotice } from "../../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../../_client/trpc";
import type { Organization } from "../_lib/organization";
import { planName } from "../_lib/organization";
import { type DraftErrors, emptyDraft, type OverrideDraft, readDraft } from "../_lib/override-draft";
import { OverrideFields } from "./override-fields";

interface OverrideDialogProps {
  organization: Organization;
  /** Fills in the form. */
  inquiry: Outputs["operators"]["inquiry"] | undefined;
  onDone: () => void;
  onSaved: (organization: Organization) => void;
}

const fieldOf: Record<string, keyof OverrideDraft> = {
  monthly_tokens: "tokens",
  requests_per_minute: "requests",
  monthly_price_cents: "dollars",
  reason: "reason",
  expires_at: "lastDay",
};

export function OverrideDialog({ organization, inquiry, onDone, onSaved }: OverrideDialogProps) {
  const trpc = useTRPC();
  const [draft, setDraft] = useState(() => emptyDraft(inquiry));
  const [unreadable, setUnreadable] = useState<DraftErrors>({});
  const save = useMutation(
    trpc.operators.overridePlan.mutationOptions({
      onSuccess: (saved) => {
        toast("Plan overridden", {
          description: `${saved.name} is on ${planName(saved.plan)} within five seconds.`,
          tone: "good",
        });
        onSaved(saved);
      },
    }),
  );
  const failure = save.error ? readFailure(save.error) : null;
  const failed = fieldOf[failure?.param ?? ""];
  const errors: DraftErrors = { ...unreadable, ...(failed && failure && { [failed]: failure.message }) };
  const change = (part: Partial<OverrideDraft>) => {
    setDraft({ ...draft, ...part });
    setUnreadable({});
    if (save.isError) save.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readDraft(organization.id, draft, new Date());
    setUnreadable(read.errors ?? {});
    if (read.errors === undefined) save.mutate(read.input);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title="Override plan"
        description={
          organization.override
            ? "It replaces the current override and decides the plan, whatever Stripe says."
            : "While it applies, it decides the plan, whatever Stripe says."
        }
        className="max-w-xl"
      >
        <form onSubmit={submit} className="grid gap-5">
          {save.error && !failed && <FailureNotice error={save.error} />}
          <OverrideFields draft={draft} errors={errors} onChange={change} />
          <DialogFooter className="mt-1">
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={save.isPending}>
              Override plan
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
