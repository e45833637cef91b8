"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import type { Grace, ServiceAccount } from "../_lib/account";
import { AccountSecret } from "./account-secret";

const graces: readonly { value: Grace; title: string; description: string }[] = [
  { value: "24h", title: "24 hours", description: "The old secret works until this time tomorrow." },
  { value: "7d", title: "7 days", description: "For programs deployed weekly." },
  { value: "1h", title: "1 hour", description: "For a rollout already under way." },
  {
    value: "now",
    title: "None",
    description: "The old secret and every token stop at once. For a leaked secret.",
  },
];

interface RotateDialogProps {
  account: ServiceAccount;
  baseUrl: string;
  onDone: () => void;
}

export function RotateDialog({ account, baseUrl, onDone }: RotateDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rotate = useMutation(
    trpc.serviceAccounts.rotateSecret.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.serviceAccounts.pathFilter()),
    }),
  );
  const [grace, setGrace] = useState<Grace>("24h");
  if (rotate.data) {
    return (
      <Dialog open>
        <AccountSecret
          title={`New secret for ${account.name}`}
          id={account.id}
          secret={rotate.data.client_secret}
          baseUrl={baseUrl}
          onDone={onDone}
        />
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && !rotate.isPending && onDone()}>
      <DialogContent
        title={`Rotate the secret of ${account.name}`}
        description="You get a new client secret. Choose how long the old one keeps working."
      >
        {rotate.error && <FailureNotice error={rotate.error} className="mb-4" />}
        <fieldset className="grid gap-2">
          <legend className="sr-only">How long the old secret keeps working</legend>
          {graces.map(({ value, title, description }) => (
            <ChoiceCard
              key={value}
              name="grace"
              title={title}
              checked={grace === value}
              onChoose={() => setGrace(value)}
            >
              {description}
            </ChoiceCard>
          ))}
        </fieldset>
        <DialogFooter>
          <Button variant="ghost" onClick={onDone}>
            Cancel
          </Button>
          <Button pending={rotate.isPending} onClick={() => rotate.mutate({ id: account.id, grace })}>
            Rotate secret
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
