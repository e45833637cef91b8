"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { DialogFooter } from "@/components/ui/overlays/dialog";
import { FailureNotice } from "../../../_client/failure-notice";
import type { Inputs } from "../../../_client/trpc";

/** How long the old credential keeps working. */
export type Grace = NonNullable<Inputs["keys"]["rotate"]["grace"]>;

interface RotateFormProps {
  noun: "key" | "secret";
  /** What no grace at all does: "The old key stops at once." */
  endsAtOnce: string;
  /** The submit button's label. */
  action: string;
  mutation: { isPending: boolean; error: unknown };
  onRotate: (grace: Grace) => void;
  onCancel: () => void;
}

/** Asks how long the credential that is being replaced keeps working. */
export function RotateForm({ noun, endsAtOnce, action, mutation, onRotate, onCancel }: RotateFormProps) {
  const [grace, setGrace] = useState<Grace>("24h");
  const choices: readonly { value: Grace; title: string; description: string }[] = [
    { value: "24h", title: "24 hours", description: `The old ${noun} works until this time tomorrow.` },
    { value: "7d", title: "7 days", description: "For programs deployed weekly." },
    { value: "1h", title: "1 hour", description: "For a rollout already under way." },
    { value: "now", title: "None", description: `${endsAtOnce} For a leaked ${noun}.` },
  ];
  return (
    <>
      {mutation.error !== null && <FailureNotice error={mutation.error} className="mb-4" />}
      <fieldset className="grid gap-2">
        <legend className="sr-only">How long the old {noun} keeps working</legend>
        {choices.map(({ value, title, description }) => (
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
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button pending={mutation.isPending} onClick={() => onRotate(grace)}>
          {action}
        </Button>
      </DialogFooter>
    </>
  );
}
