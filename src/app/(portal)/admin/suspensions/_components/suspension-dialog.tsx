"use client";

import { useMutation } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { SubjectDialog } from "../../_components/subject-dialog";

interface SuspensionDialogProps {
  action: "suspend" | "reinstate";
  /** Known already, and shown. */
  subject?: string | undefined;
  onDone: () => void;
}

const labels = {
  suspend: {
    title: "Suspend an account, organization or key?",
    description:
      "All their requests are refused within five seconds. Queued requests fail, unbilled, when their turn comes. Calls already being answered finish. Billing continues. They get an email.",
    hint: "They see it in the email, on their pages and in every error.",
    button: "Suspend",
    toast: "Suspended",
  },
  reinstate: {
    title: "Reinstate?",
    description: "Everything works again within five seconds. They get an email.",
    hint: "For the audit log.",
    button: "Reinstate",
    toast: "Reinstated",
  },
} as const;

export function SuspensionDialog({ action, subject: known, onDone }: SuspensionDialogProps) {
  const trpc = useTRPC();
  const words = labels[action];
  const onSuccess = () => {
    toast(words.toast, { description: "It takes effect within five seconds.", tone: "good" });
    onDone();
  };
  const suspend = useMutation(trpc.operators.suspend.mutationOptions({ onSuccess }));
  const reinstate = useMutation(trpc.operators.reinstate.mutationOptions({ onSuccess }));
  return (
    <SubjectDialog
      words={words}
      danger={action === "suspend"}
      subject={{
        label: "ID or a person’s email",
        placeholder: "usr_…, org_…, key_… or ada@example.com",
        maxLength: 320,
        known,
      }}
      reason={{ hint: words.hint, maxLength: 200 }}
      call={action === "suspend" ? suspend : reinstate}
      onClose={onDone}
    />
  );
}
