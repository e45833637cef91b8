"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { formatCount } from "@/shared/format/count";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { ConfirmDialog } from "../../../_components/confirm-dialog";

export function RedriveDialog({ dead, onDone }: { dead: number; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const redrive = useMutation(
    trpc.operators.redrive.mutationOptions({
      onSuccess: (redriven) => {
        toast("Dead letters redriven", { description: describe(redriven), tone: "good" });
        void queryClient.invalidateQueries(trpc.operators.queues.pathFilter());
        onDone();
      },
    }),
  );
  return (
    <ConfirmDialog
      title={`Redrive ${formatCount(dead)} dead ${dead === 1 ? "letter" : "letters"}?`}
      description="Messages whose request is still waiting return to its queue. Those whose request has ended are removed. Unreadable ones stay. Nothing runs or is billed twice."
      action="Redrive dead letters"
      mutation={redrive}
      onConfirm={() => redrive.mutate({})}
      onDone={onDone}
    />
  );
}

function describe({ returned, ended, unreadable }: Outputs["operators"]["redrive"]): string {
  return `${formatCount(returned)} sent back, ${formatCount(ended)} already ended, ${formatCount(unreadable)} unreadable.`;
}
