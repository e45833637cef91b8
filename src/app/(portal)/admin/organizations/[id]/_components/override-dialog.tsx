"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../../_client/trpc";
import { useZodForm } from "../../../../../_client/use-zod-form";
import type { Organization } from "../_lib/organization";
import { planName } from "../_lib/organization";
import {
  emptyDraft,
  type OverrideDraft,
  overrideApiNames,
  overrideSchema,
  readDraft,
} from "../_lib/override-draft";
import { OverrideFields } from "./override-fields";

interface OverrideDialogProps {
  organization: Organization;
  /** Fills in the form. */
  inquiry: Outputs["operators"]["inquiry"] | undefined;
  onDone: () => void;
  onSaved: (organization: Organization) => void;
}

export function OverrideDialog({ organization, inquiry, onDone, onSaved }: OverrideDialogProps) {
  const trpc = useTRPC();
  const [initial] = useState(() => emptyDraft(inquiry));
  const form = useZodForm(overrideSchema, { defaultValues: initial, apiNames: overrideApiNames });
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
  const send = async (draft: OverrideDraft) => {
    const { input } = readDraft(organization.id, draft, new Date());
    if (input) await save.mutateAsync(input);
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
        <form {...form.formProps(send)} className="grid gap-5">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <OverrideFields draft={form.watch()} errorAt={form.errorAt} onChange={form.change} />
          <DialogFooter className="mt-1">
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={form.formState.isSubmitting}>
              Override plan
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
