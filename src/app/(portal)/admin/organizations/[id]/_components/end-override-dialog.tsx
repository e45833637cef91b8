"use client";

import { useMutation } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../../_client/trpc";
import { ConfirmDialog } from "../../../../_components/confirm-dialog";
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
    <ConfirmDialog
      danger
      title="End override?"
      description={
        override.monthly_price_cents === null
          ? "The organization returns to the plan it bought, or Free. Running requests finish."
          : "The organization returns to the plan it bought, or Free. Its monthly invoice ends with the period already billed."
      }
      action="End override"
      mutation={end}
      onConfirm={() => end.mutate({ organization_id: organizationId, override_id: override.id })}
      onDone={onDone}
    />
  );
}
