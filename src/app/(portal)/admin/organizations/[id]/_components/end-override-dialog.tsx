"use client";

import { useMutation } from "@tanstack/react-query";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast-store";
import { FailureNotice } from "../../../../../_client/failure-notice";
import { useTRPC } from "../../../../../_client/trpc";
import type { Organization } from "../_lib/organization";
import { planName } from "../_lib/organization";

interface EndOverrideDialogProps {
  organizationId: string;
  override: NonNullable<Organization["override"]>;
  onDone: () => void;
  onEnded: (organization: Organization) => void;
}

export function EndOverrideDialog({ organizationId, override, onDone, onEnded }: EndOverrideDialogProps) {
  const trpc = useTRPC();
  const end = useMutation(
    trpc.operators.endOverride.mutationOptions({
      onSuccess: (organization) => {
        toast("Override ended", {
          description: `${organization.name} is on ${planName(organization.plan)}.`,
          tone: "good",
        });
        onEnded(organization);
      },
    }),
  );
  return (
    <AlertDialog open onOpenChange={(open) => !open && onDone()}>
      <AlertDialogContent
        title="End override?"
        description={
          override.monthly_price_cents === null
            ? "The organization returns to the plan it bought, or Free. Running requests finish."
            : "The organization returns to the plan it bought, or Free. Its monthly invoice ends with the period already billed."
        }
      >
        {end.error && <FailureNotice error={end.error} className="mt-4" />}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="ghost">Cancel</Button>
          </AlertDialogCancel>
          <Button
            variant="danger"
            pending={end.isPending}
            onClick={() => end.mutate({ organization_id: organizationId, override_id: override.id })}
          >
            End override
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
