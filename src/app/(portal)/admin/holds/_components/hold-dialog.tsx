"use client";

import { useMutation } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { SubjectDialog } from "../../_components/subject-dialog";

interface HoldDialogProps {
  action: "place" | "release";
  /** Known already, and shown. */
  subject?: string | undefined;
  onDone: () => void;
}

const labels = {
  place: {
    title: "Place a legal hold?",
    description:
      "Erasing is accepted and waits, and requests are kept beyond their retention. A person’s hold covers their personal organization.",
    button: "Place hold",
    toast: "Hold placed",
  },
  release: {
    title: "Release this hold?",
    description:
      "What waited for it is erased at the next run, within minutes. This can’t be undone once it has run.",
    button: "Release hold",
    toast: "Hold released",
  },
} as const;

export function HoldDialog({ action, subject: known, onDone }: HoldDialogProps) {
  const trpc = useTRPC();
  const words = labels[action];
  const onSuccess = () => {
    toast(words.toast, { tone: "good" });
    onDone();
  };
  const place = useMutation(trpc.operators.placeHold.mutationOptions({ onSuccess }));
  const release = useMutation(trpc.operators.releaseHold.mutationOptions({ onSuccess }));
  return (
    <SubjectDialog
      words={words}
      danger={action === "release"}
      subject={{
        label: "ID of a person or organization",
        placeholder: "usr_… or org_…",
        maxLength: 60,
        known,
      }}
      reason={{ hint: "The case, by its reference. Only operators see it.", maxLength: 500 }}
      call={action === "place" ? place : release}
      onClose={onDone}
    />
  );
}
