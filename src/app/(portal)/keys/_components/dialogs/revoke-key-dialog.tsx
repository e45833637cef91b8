"use client";

import { useMutation } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { ConfirmByNameDialog } from "../../../_components/confirm-by-name-dialog";
import type { Key } from "../../_lib/key";
import { useRefreshKeys } from "../../_lib/key-queries";

export function RevokeKeyDialog({ apiKey, onDone }: { apiKey: Key; onDone: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshKeys();
  const revoke = useMutation(
    trpc.keys.revoke.mutationOptions({
      onSuccess: () => {
        toast(`${apiKey.name} revoked`, {
          description: "It stops working everywhere within five seconds.",
          tone: "good",
        });
        onDone();
        return refresh();
      },
    }),
  );
  return (
    <ConfirmByNameDialog
      title={`Revoke ${apiKey.name}?`}
      description="Requests with this key will be refused. This can’t be undone. To replace it without downtime, rotate it."
      name={apiKey.name}
      action="Revoke key"
      mutation={revoke}
      onConfirm={() => revoke.mutate({ id: apiKey.id })}
      onDone={onDone}
    />
  );
}
