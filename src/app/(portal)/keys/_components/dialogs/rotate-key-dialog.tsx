"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Inputs, useTRPC } from "../../../../_client/trpc";
import type { Key, SampleCall } from "../../_lib/key";
import { useRefreshKeys } from "../../_lib/key-queries";
import { SecretPanel } from "./secret-panel";

type Grace = NonNullable<Inputs["keys"]["rotate"]["grace"]>;

const graces: readonly { value: Grace; title: string; description: string }[] = [
  { value: "24h", title: "24 hours", description: "The old key works until this time tomorrow." },
  { value: "7d", title: "7 days", description: "For programs deployed weekly." },
  { value: "1h", title: "1 hour", description: "For a rollout already under way." },
  { value: "now", title: "None", description: "The old key stops at once. For a leaked key." },
];

export function RotateKeyDialog({
  apiKey,
  sample,
  onDone,
}: {
  apiKey: Key;
  sample: SampleCall;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefreshKeys();
  const rotate = useMutation(trpc.keys.rotate.mutationOptions());
  const [grace, setGrace] = useState<Grace>("24h");
  const replacement = rotate.data;

  // Refreshed only at the end: a row whose status changed would unmount this dialog.
  const finish = () => {
    onDone();
    void refresh();
  };

  return (
    <Dialog open onOpenChange={(open) => !open && !rotate.isPending && finish()}>
      {replacement ? (
        <DialogContent
          title={`New key for ${apiKey.name}`}
          description="Copy the key now. You can’t see it again."
          closable={false}
          className="max-w-xl"
          onEscapeKeyDown={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <SecretPanel
            secret={replacement.secret}
            sample={sample}
            models={replacement.models}
            onDone={finish}
          />
        </DialogContent>
      ) : (
        <DialogContent
          title={`Rotate ${apiKey.name}`}
          description="Creates a replacement key with the same limits. Choose how long the old key keeps working."
        >
          {rotate.error && <FailureNotice error={rotate.error} className="mb-4" />}
          <fieldset className="grid gap-2">
            <legend className="sr-only">How long the old key keeps working</legend>
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
            <Button variant="ghost" onClick={finish}>
              Cancel
            </Button>
            <Button pending={rotate.isPending} onClick={() => rotate.mutate({ id: apiKey.id, grace })}>
              Rotate now
            </Button>
          </DialogFooter>
        </DialogContent>
      )}
    </Dialog>
  );
}
